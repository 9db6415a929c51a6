//! What the command line says of itself: one sentence for each command and each option.

pub mod account;
pub mod attachment;
pub mod due;
pub mod matter;
pub mod notice;
pub mod oversight;
pub mod rollcall;
pub mod rules;
pub mod secrecy;
pub mod status;

/// The program.
pub const PROGRAM: &str = "值守通：各级政府值班室的联网节点";
/// What stands below the program's help.
pub const PROGRAM_AFTER: &str = "退出码：0 完成，1 被拒绝，2 用法不对，3 连不上本机节点。所有时间均为北京时间。";
/// Frame of every help page.
pub const TEMPLATE: &str = "{about}\n\n用法：{usage}\n\n{all-args}{after-help}";
/// Heading above commands.
pub const COMMANDS: &str = "命令";
/// Heading above options.
pub const OPTIONS: &str = "选项";
/// Heading above arguments.
pub const ARGUMENTS: &str = "参数";
/// `--help`
pub const HELP: &str = "显示帮助";
/// `--version`
pub const VERSION: &str = "显示版本";

/// `--config`
pub const CONFIG: &str = "配置文件（默认取环境变量 DUTYNET_CONFIG，再取当前目录的 node.toml）";
/// `--data`
pub const DATA: &str = "数据目录（默认取配置中的 node.data）";
/// `--json`
pub const JSON: &str = "以 JSON 输出，字段名为英文，时间带 +08:00";
/// `--as`
pub const AS: &str = "经办人，写成“编号:姓名”，例如 zhangsan:张三";

/// `init`
pub const INIT: &str = "建立最上级单位（根）：生成密钥、后继密钥和名录第一条";
/// `enrol`
pub const ENROL: &str = "用上级的邀请加入网络：在本机生成密钥，换取证书";
/// `invite`
pub const INVITE: &str = "给下级单位发一份一次性邀请";
/// `serve`
pub const SERVE: &str = "启动节点";
/// `setup`
pub const SETUP: &str = "首次安装：在本机网页上粘贴邀请入网，然后启动节点；已入网的直接启动";
/// `check-config`
pub const CHECK_CONFIG: &str = "检查配置文件，一次列出全部错误";
/// `status`
pub const STATUS: &str = "本机节点概况：记录、待发、滞留、磁盘、提醒";
/// `links`
pub const LINKS: &str = "各条线路：通断、起始时间、各通道待发和已到达";
/// `dial`
pub const DIAL: &str = "上级的地址：不写地址只看，写了就改拨那里";
/// an address of `dial`
pub const DIAL_ADDRESS: &str = "上级的地址，主机:端口，依次拨；上级搬了家、换了地址时改";
/// `lines`
pub const LINES: &str = "线路的历史";
/// `lines history`
pub const LINES_HISTORY: &str = "某单位的线路在某段时间是通、是断还是不明，以本机所知为准";
/// Whose line.
pub const LINES_OFFICE: &str = "单位编号：本单位（到上级的线路）或任一下级";
/// From when.
pub const LINES_FROM: &str = "自何时，例如 2026-07-01 或 2026-07-01T09:30；不写则为终止前一天";
/// To when.
pub const LINES_TO: &str = "至何时；不写则到现在";
/// `parked`
pub const PARKED: &str = "滞留记录：被对方拒收的记录";
/// `parked list`
pub const PARKED_LIST: &str = "列出滞留记录";
/// `parked retry`
pub const PARKED_RETRY: &str = "重新发送一条滞留记录";
/// `retention`
pub const RETENTION: &str = "保管期限：按规则文件，本单位自己的记录哪些到期";
/// `retention list`
pub const RETENTION_LIST: &str = "列出各条规则、已到期的记录和暂不能清除的，不改动任何内容";
/// `destroy`
pub const DESTROY: &str = "销毁本单位或下级一条记录的内容：凡收到过它的单位都清除原文，记录本身和凭据留存";
/// `destroy RECORD`
pub const DESTROY_RECORD: &str = "哪条记录，写成“单位/记录编号”";
/// `destroy --reason`
pub const DESTROY_REASON: &str = "销毁理由，一行，长期留存，不要抄写被销毁的内容";
/// `parked withdraw`
pub const PARKED_WITHDRAW: &str = "不再向该单位发送一条滞留记录，并记录在案";
/// `office`
pub const OFFICE: &str = "名录：网络中的单位";
/// `office list`
pub const OFFICE_LIST: &str = "列出名录中的单位";
/// `office add`
pub const OFFICE_ADD: &str = "登记一个没有终端的下级单位";
/// `report`
pub const REPORT: &str = "报表：日报告、零报告、假期综合情况、代录、更正、综报草稿、汇总表";
/// `report daily`
pub const REPORT_DAILY: &str = "报送日报告";
/// `report zero`
pub const REPORT_ZERO: &str = "报送零报告：所列各类逐项报“无”";
/// `report file`
pub const REPORT_FILE: &str = "报送任何一种报表，例如 holiday（假期综合情况）";
/// `report choose`
pub const REPORT_CHOOSE: &str = "各版有出入时，选定以哪一方的为准，记录在案，双方都看得到";
/// `report draft`
pub const REPORT_DRAFT: &str = "综报草稿：由直接下级的现行版本合计；填上本级的各项即保存，下级有变随时重算";
/// `report cut-off`
pub const REPORT_CUT_OFF: &str = "截止时刻：上级为全部下级规定，次日起生效，不改变已经开始的日子";
/// `report cut-off set`
pub const CUT_OFF_SET: &str = "为全部下级规定一种报表的截止时刻";
/// `report cut-off list`
pub const CUT_OFF_LIST: &str = "列出规定过的截止时刻和今天有效的";
/// `report correct`
pub const REPORT_CORRECT: &str = "更正已报的报表：在最近一版上改动所给的项，写明理由，两版都保留";
/// `report duty`
pub const REPORT_DUTY: &str = "值班人员名单：各单位当日报告写明的带班领导、值班员和电话，存成文件";
/// `--output`
pub const KEEP_AS: &str = "存成文件，按结尾定格式：表格用 .pdf、.xlsx 或 .csv，单子和报告用 .pdf 或 .docx";
/// `--force`
pub const KEEP_OVER: &str = "同名的文件已在那里时覆盖它";
/// `report board`
pub const REPORT_BOARD: &str = "汇总表：本单位及下级每个单位报了什么、是否准时、线路通断";
/// `report show`
pub const REPORT_SHOW: &str = "查看一个单位一个报告期的报表，各版齐全";
/// `backup`
pub const BACKUP: &str = "备份：把日志库和加密的密钥拷到第二块盘或 U 盘，节点照常工作";
/// `backup now`
pub const BACKUP_NOW: &str = "立即备份一次；第一次备份到某个目录也用它";
/// `backup list`
pub const BACKUP_LIST: &str = "列出备份盘上的备份；不写目录则列出本机节点各备份目录的情况";
/// `backup check`
pub const BACKUP_CHECK: &str = "逐字节核对一份备份是否完整";
/// `backup code`
pub const BACKUP_CODE: &str = "恢复码的情况；--new 另做一个，旧备份仍用旧的恢复码打开";
/// `restore`
pub const RESTORE: &str = "在空机器上由备份恢复本单位；恢复码从标准输入或文件读取";
/// `salvage`
pub const SALVAGE: &str = "从损坏的数据目录或备份中抢救：读得出的都救到新目录，列出读不出的";
/// `salvage --from`
pub const SALVAGE_FROM: &str = "损坏的数据目录，或备份所在的目录；不会被改动";
/// `salvage --to`
pub const SALVAGE_TO: &str = "空目录，或本单位另一个没有在运行的数据目录（例如更换机器后重新入网的）";
/// `backup now --to`
pub const BACKUP_TO: &str = "备份目录，例如 /mnt/dutynet-backup；备份存在其中的 dutynet-单位编号 之下";
/// a folder with backups
pub const BACKUP_FOLDER: &str = "备份目录";
/// `--number`
pub const BACKUP_NUMBER: &str = "第几号备份（默认最新的一份）";
/// `backup code --new`
pub const BACKUP_CODE_NEW: &str = "另做一个恢复码，只显示这一次";
/// `restore --from`
pub const RESTORE_FROM: &str = "备份所在的目录";
/// `--code-file`
pub const CODE_FILE: &str = "从文件读取恢复码（默认从标准输入读一行）";
/// `verify`
pub const VERIFY: &str = "核对日志库、封签和索引；节点运行或停止时都可以";
/// `rebuild`
pub const REBUILD: &str = "由日志库重建索引；须先停止节点";
/// `doctor`
pub const DOCTOR: &str = "体检：配置、数据目录、时钟、磁盘、线路，逐项说明";
/// `demo`
pub const DEMO: &str = "在本机启动一张真实的四级演示网（数据放在 --data 所给的空目录，默认放临时目录，用完删除）";
/// `demo --once`
pub const DEMO_ONCE: &str = "不等输入，按脚本断线、杀节点，自己核对结果，最多五分钟就给出成功或失败";

/// `--office` of `init`
pub const OFFICE_ID: &str = "单位编号：1 至 32 个数字、小写字母或连字符，一经使用不再改变";
/// `--name`
pub const OFFICE_NAME: &str = "单位名称";
/// `--area`
pub const OFFICE_AREA: &str = "行政区划代码，6 位或 9 位数字；没有区划的单位不填";
/// `--class`
pub const OFFICE_CLASS: &str = "单位类别：province、city、county、township、department、other";
/// `--zone`
pub const ZONE: &str = "网域，例如 gov；不同网域之间不连通";
/// `--no-node`
pub const NO_NODE: &str = "该单位没有终端，由本单位代录";
/// `--replace`
pub const REPLACE: &str = "该单位已在名录中，更换其机器";
/// `--valid-for`
pub const VALID_FOR: &str = "邀请的有效期，例如 24h（默认 7d，最长 30d）";
/// `--address`
pub const ADDRESS: &str = "下级拨入的地址，主机:端口，可多次（默认取配置 link.advertise，再取 link.listen）";
/// `--until-stdin-closes`
pub const UNTIL_STDIN_CLOSES: &str = "标准输入关闭时也停止，供启动它的程序使用";
/// the invitation
pub const INVITATION: &str = "上级给出的整行邀请；写 - 则从标准输入读取";
/// the office of `parked`
pub const PARKED_OFFICE: &str = "拒收的单位编号";
/// the lane of `parked`
pub const PARKED_LANE: &str = "通道：control、flash、urgent、routine";
/// the sequence of `parked`
pub const PARKED_SEQ: &str = "通道内序号，见滞留清单";

/// the form
pub const FORM: &str = "报表：daily（日报告）、zero（零报告）或 holiday（假期综合情况）";
/// `--exercise`
pub const EXERCISE: &str = "这是演练，不计入实战";
/// `--exercise` of a board.
pub const BOARD_EXERCISE: &str = "看演练的汇总表（实战的不在其中）";
/// `--form` of the board
pub const BOARD_FORM: &str = "哪种报表的汇总表（默认日报告和零报告合为一张）";
/// `--on-behalf-of`
pub const ON_BEHALF_OF: &str = "代录：这是哪个下级单位报来的";
/// `--told-by`
pub const TOLD_BY: &str = "代录：谁报来的、来电号码，写成“姓名:号码”";
/// `--written`
pub const WRITTEN: &str = "代录：是书面报来的，可以不写号码";
/// `--from-draft`
pub const FROM_DRAFT: &str = "以综报草稿报送；另给的各项替换草稿中的同名项";
/// `--keep`
pub const KEEP: &str = "以哪个单位录入的一版为准";
/// `--reason` of a choice
pub const CHOICE_REASON: &str = "选择理由，1 至 500 字";
/// `--replace` of a draft
pub const REPLACE_SUM: &str = "用自己的话替换一项合计，可多次；值为空表示恢复合计";
/// `--out` of a draft
pub const DRAFT_OUT: &str = "把草稿写入文件，可改好后用 --from-draft --file 报送";
/// the time of a cut-off
pub const CUT_OFF_TIME: &str = "截止时刻，HH:MM";
/// `--from` of a cut-off
pub const CUT_OFF_FROM: &str = "自哪天起，YYYY-MM-DD（默认明天，也最早是明天）";
/// `--period`
pub const PERIOD: &str = "报告期，YYYY-MM-DD（默认今天）；假期写其中任意一天";
/// `--reason`
pub const REASON: &str = "更正理由，1 至 500 字";
/// `--office` of `report show`
pub const SHOW_OFFICE: &str = "单位编号（默认本单位）";
/// `--field`
pub const FIELD: &str = "按键名填一项，可多次；填“无”表示没有，值为空表示不填";
/// `--file`
pub const FILE: &str = "从 TOML 文件读取各项，命令行所给的优先";
/// `--id`
pub const RECORD_ID: &str = "记录编号（UUIDv7），供程序重试时使用；默认自动生成";
/// `--leader`
pub const LEADER: &str = "带班领导";
/// `--officer`
pub const OFFICER: &str = "值班员";
/// `--phone`
pub const PHONE: &str = "值班电话";
/// `--calls`
pub const CALLS: &str = "接报件数";
/// `--incident`
pub const INCIDENT: &str = "突发事件，类别=起数[:简况]，可多次，例如 自然灾害=1:台风；没有的填“无”";
/// `--important`
pub const IMPORTANT: &str = "重要事项";
/// `--tomorrow`
pub const TOMORROW: &str = "明日重点";
/// `--weather`
pub const WEATHER: &str = "天气汛情";
/// `--remark`
pub const REMARK: &str = "备注";
