//! What the demonstration says.

use super::{offices::Office, prompt::Misunderstood};

/// Stands before what a person types.
pub const PROMPT: &str = "值守通> ";
/// 无, as an officer types it.
pub const NONE: &str = "无";
/// Fields of a daily report that are the same for every office here.
pub const DAILY: [(&str, &str); 3] = [("--leader", "演示带班领导"), ("--officer", "演示值班员"), ("--phone", "0759-0000000")];
/// Who telephones for an office without a node.
pub const CALLER: &str = "来电人:0759-0000001";
/// What a notice of the demonstration says.
pub const NOTICE: &str = "（演示）请各值班室保持通信畅通，收到后签收。";
/// Who is said to have filed.
pub const PERSON: &str = "demo:演示值班员";
/// Who is said to lead.
pub const LEADER: &str = "演示带班领导";
/// Who is said to be on duty.
pub const OFFICER: &str = "演示值班员";
/// What is said to be worked on.
pub const WORK: &str = "防御台风";
/// The province has made no call.
pub const NO_CALL: &str = "省里还没有点过名，先输入 roll。";

/// What may be typed.
pub const HELP: &str = "\
consoles             各单位值班台的网址，谁可以登录
board                省里的汇总表：报了什么、是否准时、线路通断
links                每条线路：下级和上级各看到什么，转发器断没断，待发多少
report <单位> zero   在该单位自己的节点上报一份零报告
behalf <单位>        该单位来电，由上级在上级的节点上代录一份零报告
draft <单位>         该单位的综报草稿：由下级的日报告汇总，注明出处和缺报的
notice <标题>        省里向全部下级发一份通知
roll                 省里点全部下级的名，各单位收到后 10 分钟内应答
answer <单位>        该单位在自己的节点上应答
rolled               点名表：谁在岗，谁没有应答，断线的注明原因
consult              省里召集会商，取全部下级此刻的状态，连同会商存入记录
sign <单位>          该单位签收省里最近的通知（没有终端的由上级代录）
event <单位>         该单位接报一起突发事件：报告领导、首报；打印处理情况和时限
event                接着办：有了这件事的各级逐级上报，省里核报，该单位回复；断了的等线路恢复
signed               省里最近的通知的签收单：谁已送达、谁已签收、没到的为什么
cut <单位>           断开它到上级的线路（转发器不再传任何字节，也不关闭连接）
heal <单位>          恢复线路
kill <单位>          用 kill -9 杀死它的节点
start <单位>         重新启动它的节点
quit                 结束，关闭所有节点
单位写名称或编号，例如：cut 雷州市，report 440882115 zero";

/// While the network is being founded.
pub fn founding(folder: &str) -> String {
    format!("正在本机建立四级演示网，数据在 {folder}")
}

/// An office is ready.
pub fn ready(office: &Office) -> String {
    format!("  {}（{}）已入网，节点已启动", office.name, office.id)
}

/// An office without a node is registered.
pub fn registered(office: &Office) -> String {
    format!("  {}（{}）已登记，无终端", office.name, office.id)
}

/// The day's reports are filed.
pub fn filed(count: usize) -> String {
    format!("{count} 个值班室各报了一份，省里已收齐，其余未报。")
}

/// A report was filed; state as the node says it.
pub fn reported(office: &Office, state: &str) -> String {
    format!("{}的零报告：{}", office.name, self::state(state))
}

/// It had been filed before.
pub fn folded(office: &Office, state: &str) -> String {
    format!("{}今天已报过同样的零报告，不另生成：{}", office.name, self::state(state))
}

/// The office above entered a report.
pub fn entered(office: &Office, parent: &Office, folded: bool) -> String {
    let said = if folded { "内容与已代录的相同，不另生成" } else { "已保存" };
    format!("{}的零报告由{}代录：{said}", office.name, parent.name)
}

/// A call was made.
pub fn roll_called(number: &str) -> String {
    format!("点名 {number} 已发出。输入 answer <单位> 替该单位应答，rolled 看点名表。")
}

/// A notice was sent.
pub fn notice_sent(number: &str) -> String {
    format!("通知 {number} 已保存并向下发送。输入 signed 看签收单，sign <单位> 替该单位签收。")
}

/// An office has signed.
pub fn signed(office: &Office, number: &str, folded: bool) -> String {
    let said = if folded { "已签收过，不另生成" } else { "已签收" };
    format!("{}{said}：通知 {number}", office.name)
}

/// What is typed about a session.
pub mod consultation {
    /// Fields of the call.
    pub const CALL: [&str; 12] = [
        "--title",
        "（演示）台风防御会商",
        "--reason",
        "special",
        "--instructed-by",
        "演示省领导",
        "--instructed-at",
        "00:00",
        "--held-at",
        "23:59",
        "--way",
        "video",
    ];

    /// It was called, and its table was kept.
    pub fn called(number: &str) -> String {
        format!("会商 {number} 已召集，即时状态表已存入，参加的各单位看到的就是这一张：")
    }
}

/// The province has sent no notice.
pub const NO_NOTICE: &str = "省里还没有发过通知，先输入 notice <标题>。";

/// No incident was called in yet.
pub const NO_EVENT: &str = "还没有接报过突发事件，先输入 event <单位>。";
/// Everybody waits for a line, or it is over.
pub const EVENT_WAITS: &str = "眼下没有下一步：已核报办结，或有线路断着、节点停着。";

/// What is said of the consoles.
pub mod consoles {
    use crate::demo::consoles::Opened;

    /// An officer's name.
    pub const OFFICER: &str = "演示值班员";
    /// A leader's name.
    pub const LEADER: &str = "演示带班领导";

    /// Where they are, and who may log in with which password.
    pub fn printed(opened: &[Opened<'_>], people: &[(&str, &str)], password: &str) -> String {
        let people: Vec<String> = people.iter().map(|(id, name)| format!("{id}（{name}）")).collect();
        let mut lines = vec![format!("值班台：用本机浏览器打开，帐号 {}，密码都是 {password}", people.join("、"))];
        lines.extend(opened.iter().map(|Opened { office, address }| format!("  http://{address}/  {}", office.name)));
        lines.join("\n")
    }
}

/// What is said and typed about an incident.
pub mod event {
    use super::Office;

    /// Fields of the call.
    pub const CALL: [&str; 20] = [
        "--title",
        "（演示）海堤渗漏",
        "--caller-name",
        "来电人",
        "--caller-unit",
        "村委会",
        "--caller-phone",
        "0759-0000001",
        "--place",
        "东堤",
        "--happened-at",
        "不明",
        "--who",
        "不明",
        "--what",
        "海堤渗漏，正在组织转移",
        "--why",
        "不明",
        "--category",
        "natural.flood-drought",
    ];
    /// Fields of telling the leader.
    pub const TOLD: [&str; 6] = ["--leader", "演示带班领导", "--how", "电话", "--said", "立即上报"];
    /// Fields of a report: urgent, the rest follows.
    pub const REPORT: [&str; 8] = ["--stage", "首报", "--title", "（演示）海堤渗漏", "--haste", "yes", "--dead", "0"];
    /// Fields of the question.
    pub const ASK: [&str; 4] = ["--title", "转移情况", "--question", "已转移多少人？"];
    /// Fields of the answer.
    pub const ANSWER: [&str; 2] = ["--answer", "已转移一百二十人，无伤亡。"];
    /// Fields of the close.
    pub const CLOSE: [&str; 2] = ["--outcome", "情况清楚。"];
    /// Done.
    pub const CLOSED: &str = "省里核报办结";

    /// Done.
    pub fn called(office: &Office, number: &str) -> String {
        format!("{}接报突发事件 {number}，已报告领导，已首报。输入 event 接着办。", office.name)
    }
    /// Done.
    pub fn reported(office: &Office) -> String {
        format!("{}报告领导，向上级首报（逐级）", office.name)
    }
    /// Done.
    pub fn asked(office: &Office) -> String {
        format!("省里向{}核报，限时回复", office.name)
    }
    /// Done.
    pub fn answered(office: &Office) -> String {
        format!("{}回复核报", office.name)
    }
}

/// How far a record has got.
fn state(state: &str) -> &'static str {
    match state {
        "saved" => "已保存，待上报（线路一通自动送出）",
        "custody" => "已保存，已送达上级",
        "arrived" => "已保存，已到达",
        "parked" => "已保存，被上级拒收（滞留）",
        _ => "状态不明",
    }
}

/// A line was cut.
pub fn cut(office: &Office) -> String {
    format!("{}到上级的线路已断开。数秒后两端都会发现，期间照常报送。", office.name)
}

/// A line was healed.
pub fn healed(office: &Office) -> String {
    format!("{}到上级的线路已恢复，存下的记录会自动补传。", office.name)
}

/// A node was killed.
pub fn killed(office: &Office) -> String {
    format!("{}的节点已被杀死（kill -9）。", office.name)
}

/// A node that was to be killed did not run.
pub fn was_off(office: &Office) -> String {
    format!("{}的节点本来就没有运行。", office.name)
}

/// A node was started.
pub fn started(office: &Office) -> String {
    format!("{}的节点已启动。", office.name)
}

/// A node ran already.
pub fn runs(office: &Office) -> String {
    format!("{}的节点已在运行。", office.name)
}

/// An office's node does not run.
pub fn is_off(office: &Office) -> String {
    format!("{}的节点没有运行，先输入 start {}。", office.name, office.name)
}

/// A command was not done.
pub fn not_done(why: &str) -> String {
    format!("没有办成：{why}")
}

/// What was typed is not understood.
pub fn misunderstood(what: &Misunderstood<'_>) -> String {
    match what {
        Misunderstood::Words => "没有这条命令，或少了单位。输入 help 看能做什么。".to_owned(),
        Misunderstood::Office(typed) => format!("演示网里没有“{typed}”。"),
        Misunderstood::NoNode(office) => format!("{}没有终端。", office.name),
        Misunderstood::Top(office) => format!("{}是最上级，不收通知，也没有上级代录。", office.name),
        Misunderstood::NoLine(office) => format!("{}是最上级，没有向上的线路。", office.name),
    }
}

/// Everything is being ended.
pub const ENDING: &str = "正在关闭所有节点……";

/// Table of lines.
pub mod links {
    /// Its head.
    pub const HEAD: [&str; 7] = ["线路", "转发器", "下级看", "上级看", "待发", "滞留", "下次尝试"];
    /// The go-between passes bytes.
    pub const PASSING: &str = "传输";
    /// It passes none.
    pub const CUT: &str = "断开";
    /// A node does not run.
    pub const OFF: &str = "未运行";
    /// Nothing to show.
    pub const DASH: &str = "—";

    /// One line.
    pub fn name(child: &str, parent: &str) -> String {
        format!("{child} → {parent}")
    }

    /// How one end sees it.
    pub fn seen(line: &str, since: Option<&str>) -> String {
        let word = match line {
            "up" => "通",
            "down" => "断",
            "unknown" => "不明",
            _ => "无终端",
        };
        since.map_or_else(|| word.to_owned(), |since| format!("{word}（{since} 起）"))
    }
}

/// The scripted run.
pub mod script {
    use super::Office;

    /// A step begins.
    pub fn step(seconds: u64, what: &str) -> String {
        format!("[{seconds:>2} 秒] {what}")
    }
    /// Step.
    pub const MEANWHILE: &str = "一条线断着，一个节点死着，省里看到的：";
    /// Step.
    pub const DAY: &str = "各值班室报送，等省里收齐";
    /// Step.
    pub fn on_behalf(office: &Office, parent: &Office) -> String {
        format!("{}没有终端，来电报平安：{}代录一份零报告", office.name, parent.name)
    }
    /// Step.
    pub fn draft(office: &Office) -> String {
        format!("{}的综报草稿由下级的日报告汇总而成，核对后报出：", office.name)
    }
    /// Title of the notice.
    pub const NOTICE_TITLE: &str = "做好台风防御准备";
    /// Step.
    pub const NOTICE: &str = "省里向全部下级发通知：线路通的已送达，开始签收，断了的注明原因";
    /// Step.
    pub const ROLLCALL: &str = "省里点全部下级的名：线路通的收到即应答，断了的注明线路不通，无终端的等电话";
    /// Step.
    pub const CONSULTATION: &str = "省里会商，取全部下级此刻的状态存入会商：叫不通的由最近的上级凭记录代答，写明截至何时";
    /// Step.
    pub fn kept_table(office: &Office) -> String {
        format!("恢复之后，{}看到的会商状态表仍是当时的样子：", office.name)
    }
    /// Step.
    pub const ANSWERED: &str = "恢复之后，点名送到断过线的单位，应答时限从它收到起算，在岗：";
    /// Step.
    pub const SIGNED: &str = "恢复之后，通知自动送到其余单位，签收单补齐：";
    /// Step.
    pub fn cut(office: &Office) -> String {
        format!("断开{}到上级的线路，等省里看到“断”", office.name)
    }
    /// Step.
    pub fn behind_the_cut(office: &Office) -> String {
        format!("{}在断线期间报零报告：本级已保存，省里还没有", office.name)
    }
    /// Step.
    pub fn kill(office: &Office) -> String {
        format!("用 kill -9 杀死{}的节点，等省里看到“断”", office.name)
    }
    /// Step.
    pub fn below_the_dead(office: &Office) -> String {
        format!("{}在上级死机期间报零报告", office.name)
    }
    /// Step.
    pub fn event(office: &Office) -> String {
        format!("{}接报突发事件，报告领导，首报；县里接着报，线路断着，市里还不知道：", office.name)
    }
    /// Step.
    pub const EVENT_ENDS: &str = "线路恢复，事件逐级报到省里，省里核报，镇里回复，办结：";
    /// Step.
    pub const RECOVER: &str = "恢复线路，重新启动节点，等省里收齐";
    /// Step.
    pub const ONCE: &str = "核对：每份报告在省里恰好一份，没报的没有，每个单位的送达和签收恰好一次，线路全通，日志与索引一致";
    /// All went as it must.
    pub const DONE: &str = "演示通过：断线、死机，报告和通知一份不丢，一份不重。";

    /// Something did not.
    pub fn failed(why: &str) -> String {
        format!("演示没有通过：{why}")
    }
    /// Where to look.
    pub fn kept(folder: &str) -> String {
        format!("各节点的数据和日志（node.log）留在 {folder}")
    }
}
