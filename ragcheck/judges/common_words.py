"""Words that the documentation of many projects uses, whatever it is about.

A term of a question that is none of these names what is asked for. The list holds the terms
(``ragcheck.text.alignment.read_frame``) that stand in the passages of at least five of the 27
English and four of the 27 Chinese projects of ``training/documentation_pairs_*.jsonl``.
"""

from __future__ import annotations

_WORDS = (
    "above accept access add additional after all allow alway another answer any anyth api "
    "appear application apply argument asyncio attribute automatically available because "
    "before below better between block body both build call can cas case certain chang change "
    "check clas code code-block com command configur configuration contain context control "
    "count create current currently data database decorator default depend dependency "
    "deprecat detail development different directly directory disable doc docs document "
    "documentation doesn't don't dur each either en enabl enable end enough entry environment "
    "error even event every exampl example exc exception execut exist extension external fail "
    "false featur feature fil file find first flag follow form found full func function "
    "future generate get gevent give given global handl handler happen header help however "
    "http implement implementation import index information install instance instead int "
    "integer issue itself keep key know later latest least level library like limit line list "
    "load location log long look loop main mak many maximum may mean message meth method "
    "might minute miss mode module much multiple must nam name need never new newer no none "
    "not note now number object off once one only open operation option optional order os "
    "otherwise output over own package parameter part pass path pep pip platform please poll "
    "possible prefix present prevent proces process program project provid put py rais raise "
    "read recommend ref remov request requir require result return root run runn runs runtime "
    "same second section see server set sett setting should show shown since single situation "
    "socket someth source specifi specify stable standard start statement statu step still "
    "str support sure switch system tak take target templat test text thing thread time "
    "timeout too true try turn two type under unles until usage user uses valu value variable "
    "vary version versionadd versionchang want warn way ways well whether while without work "
    "worker written "
    "下面 不了 不到 个数 个版 个网 中文 交流 什么 代码 件的 位置 低版 作为 使用 "
    "依赖 信息 值是 关闭 其他 几个 函数 到哪 功能 动调 升级 单位 参数 发的 只有 "
    "只要 可以 可能 可选 名字 否则 启动 命令 哪个 哪些 哪里 图片 在哪 型的 基于 "
    "基础 处理 多大 多少 大小 如果 字的 安装 完成 实现 客户 对应 属性 开发 开启 "
    "开始 当前 微信 怎样 情况 或更 户端 所有 手动 打开 持哪 接口 提供 支持 放在 "
    "数据 文件 文字 文本 文档 新的 方式 方法 无法 时间 是什 是否 是多 是用 显示 "
    "更新 最低 有什 有多 服务 档在 模型 模式 没有 注意 测试 浏览 消息 版本 生成 "
    "用于 用吗 用哪 用户 的代 的文 的话 的默 目前 直接 示例 简单 类型 系统 结果 "
    "缺省 网址 能用 自动 自己 英文 获取 表示 装了 要求 览器 解析 认值 认是 认的 "
    "训练 设置 识别 调用 输入 运行 还可 这个 进行 选的 通过 都能 配置 链接 需要 "
    "项目 默认 "
)
COMMON: frozenset[str] = frozenset(_WORDS.split())
