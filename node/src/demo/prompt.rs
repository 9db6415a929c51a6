//! What a person may type at the demonstration's prompt.

use super::offices::{Office, Offices, Station};

/// One line, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command<'a> {
    /// The province's board.
    Board,
    /// A zero report of an office, made on its own node.
    Zero(&'a Office),
    /// A zero report that an office says by telephone, entered by the office above it.
    Behalf(&'a Office),
    /// The draft of an office's own report.
    Draft(&'a Office),
    /// A notice of that title from the province to everybody.
    Notice(String),
    /// An office signs for the province's newest notice.
    Sign(&'a Office),
    /// The sign-for list of that.
    Signed,
    /// An incident is called in at an office.
    Event(&'a Office),
    /// Everybody does what is next about the newest incident.
    GoesOn,
    /// The province calls everybody.
    Roll,
    /// An office answers.
    Answer(&'a Office),
    /// The table of the province's newest call.
    Rolled,
    /// The province calls a session, and keeps the status of everybody.
    Consult,
    /// Cut the line between an office and its parent.
    Cut(&'a Office),
    /// Heal it.
    Heal(&'a Office),
    /// Where the consoles are, and who may log in.
    Consoles,
    /// Every line, as both ends see it.
    Links,
    /// Kill an office's node, as a power cut would.
    Kill(&'a Office),
    /// Start it again.
    Start(&'a Office),
    /// What may be typed.
    Help,
    /// The end.
    Quit,
    /// An empty line.
    Nothing,
}

/// Why a line was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misunderstood<'a> {
    /// No such word, or not so many of them.
    Words,
    /// No such office.
    Office(&'a str),
    /// The office has no node.
    NoNode(&'a Office),
    /// The office at the top gets no notices, and nobody enters anything for it.
    Top(&'a Office),
    /// The office at the top has no line upward.
    NoLine(&'a Office),
}

/// Understands a line.
pub fn read<'a>(line: &'a str, offices: &'a Offices) -> Result<Command<'a>, Misunderstood<'a>> {
    let with_node = |typed: &'a str| {
        let office = offices.find(typed).ok_or(Misunderstood::Office(typed))?;
        match office.station {
            Station::Node => Ok(office),
            Station::None => Err(Misunderstood::NoNode(office)),
        }
    };
    let with_line = |typed: &'a str| {
        let office = with_node(typed)?;
        if office.parent.is_some() { Ok(office) } else { Err(Misunderstood::NoLine(office)) }
    };
    let below = |typed: &'a str| {
        let office = offices.find(typed).ok_or(Misunderstood::Office(typed))?;
        if office.parent.is_some() { Ok(office) } else { Err(Misunderstood::Top(office)) }
    };
    match line.split_whitespace().collect::<Vec<_>>().as_slice() {
        [] => Ok(Command::Nothing),
        ["board"] => Ok(Command::Board),
        ["consoles"] => Ok(Command::Consoles),
        ["links"] => Ok(Command::Links),
        ["help" | "?"] => Ok(Command::Help),
        ["quit" | "exit"] => Ok(Command::Quit),
        ["report", office, "zero"] => Ok(Command::Zero(with_node(office)?)),
        ["behalf", office] => Ok(Command::Behalf(below(office)?)),
        ["draft", office] => Ok(Command::Draft(with_node(office)?)),
        ["notice", title, rest @ ..] => Ok(Command::Notice([&[*title], rest].concat().join(" "))),
        ["sign", office] => Ok(Command::Sign(below(office)?)),
        ["signed"] => Ok(Command::Signed),
        ["event", office] => Ok(Command::Event(with_line(office)?)),
        ["event"] => Ok(Command::GoesOn),
        ["roll"] => Ok(Command::Roll),
        ["answer", office] => Ok(Command::Answer(with_line(office)?)),
        ["rolled"] => Ok(Command::Rolled),
        ["consult"] => Ok(Command::Consult),
        ["cut", office] => Ok(Command::Cut(with_line(office)?)),
        ["heal", office] => Ok(Command::Heal(with_line(office)?)),
        ["kill", office] => Ok(Command::Kill(with_node(office)?)),
        ["start", office] => Ok(Command::Start(with_node(office)?)),
        _ => Err(Misunderstood::Words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_understood() {
        let offices = Offices::built_in();
        let anpu = offices.find("安铺镇").unwrap();
        let read = |line| read(line, &offices);
        assert_eq!(read("  report 安铺镇 zero "), Ok(Command::Zero(anpu)));
        assert_eq!(read("cut 440881108"), Ok(Command::Cut(anpu)));
        assert_eq!(read("kill 440881108"), Ok(Command::Kill(anpu)));
        assert_eq!(
            (read("board"), read("links"), read("consoles"), read("?"), read("quit")),
            (Ok(Command::Board), Ok(Command::Links), Ok(Command::Consoles), Ok(Command::Help), Ok(Command::Quit))
        );
        assert_eq!(read("notice 台风 防御"), Ok(Command::Notice("台风 防御".into())));
        let jiaowei = offices.find("角尾乡").unwrap();
        assert_eq!((read("sign 角尾乡"), read("behalf 角尾乡")), (Ok(Command::Sign(jiaowei)), Ok(Command::Behalf(jiaowei))));
        assert_eq!((read("draft 安铺镇"), read("signed")), (Ok(Command::Draft(anpu)), Ok(Command::Signed)));
        assert_eq!((read("event 安铺镇"), read("event")), (Ok(Command::Event(anpu)), Ok(Command::GoesOn)));
        assert_eq!(
            (read("roll"), read("answer 安铺镇"), read("rolled")),
            (Ok(Command::Roll), Ok(Command::Answer(anpu)), Ok(Command::Rolled))
        );
        assert_eq!(read("consult"), Ok(Command::Consult));
        assert_eq!(read(" \t"), Ok(Command::Nothing));
    }

    #[test]
    fn what_cannot_be_done_is_said_before_it_is_tried() {
        let offices = Offices::built_in();
        let read = |line| read(line, &offices);
        assert_eq!(read("cut 北京市"), Err(Misunderstood::Office("北京市")));
        assert_eq!(read("kill 角尾乡"), Err(Misunderstood::NoNode(offices.find("角尾乡").unwrap())));
        assert_eq!(read("cut 广东省"), Err(Misunderstood::NoLine(offices.root())));
        assert_eq!(read("sign 广东省"), Err(Misunderstood::Top(offices.root())));
        assert_eq!(read("answer 角尾乡"), Err(Misunderstood::NoNode(offices.find("角尾乡").unwrap())));
        assert_eq!(read("draft 角尾乡"), Err(Misunderstood::NoNode(offices.find("角尾乡").unwrap())));
        assert_eq!(read("event 角尾乡"), Err(Misunderstood::NoNode(offices.find("角尾乡").unwrap())));
        assert_eq!(read("event 广东省"), Err(Misunderstood::NoLine(offices.root())));
        for line in ["cut", "board now", "notice", "sign", "signed 安铺镇", "report 安铺镇", "report 安铺镇 daily", "shout"]
        {
            assert_eq!(read(line), Err(Misunderstood::Words), "{line}");
        }
    }
}
