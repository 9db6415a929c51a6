//! Every sentence and word that an officer reads. The only module with Chinese in it; forms bring their own labels as data.
//!
//! - [`attachment`]: words around attachments.
//! - [`backup`]: what is said of backups and of coming back from one.
//! - [`refusal`]: a stable code and one sentence that says what to do, for everything that is refused.
//! - [`consultation`]: words of consultations.
//! - [`directive`]: notices, what is said about them, and saved groups.
//! - [`directive_matter`]: words of a directive.
//! - [`doctor`]: what a check-up finds.
//! - [`drill`]: words of a drill; [`draft`], [`report`]: around drafts and reports; [`due`]: around obligations and special periods.
//! - [`finding`]: words of findings and circulars.
//! - [`fault`]: what is wrong with one field of a form.
//! - [`rollcall`]: words around roll calls.
//! - [`paper`]: words on papers that are printed or kept as files.
//! - [`retention`]: what is said of words that a rule lets go.
//! - [`rules`]: faults of rule packs, limits, roles.
//! - [`words`]: one word for each state, the same everywhere.
//! - [`admin`]: words of looking after a node.
//! - [`console`]: words of the pages; [`access`]: of who has seen what; [`console_set`]: of those that set what holds.
//! - [`console`]: words of the pages; [`console_matter`]: of those of matters.
//! - [`config`]: what is wrong with a configuration.
//! - [`clock`]: how far clocks are apart, and [`line`]: what a line was when.
//! - [`incident`]: around incidents: what facts and their codes are called.
//! - [`matter`]: around matters of every kind.
//! - [`help`]: what the command line says of itself.
//! - [`notice`]: what commands print when they have done something.
//! - [`setup`]: words of the first run.
//! - [`status`]: what offices are at this moment.
//! - [`trust`]: words around the certificate of the pages.
//! - [`typed`]: what officers may type in more than one way.
//! - [`upkeep`]: what is said of the journal read again and of bodies that are gone.
//! - [`usage`]: what is said when a command line cannot be understood.
//! - [`verification`]: words of a question from above.
//! - [`warning_matter`]: words of a warning about what may come.
//! - [`whereabouts`]: where a record of this office is, and why one was refused.
//! - [`warning`]: what a person should know about a node that runs.

pub mod access;
pub mod admin;
pub mod attachment;
pub mod backup;
pub mod clock;
pub mod config;
pub mod console;
pub mod console_look;
pub mod console_matter;
pub mod console_set;
pub mod consultation;
pub mod destruction;
pub mod directive;
pub mod directive_matter;
pub mod doctor;
pub mod draft;
pub mod drill;
pub mod due;
pub mod fault;
pub mod finding;
pub mod help;
pub mod incident;
pub mod line;
pub mod matter;
pub mod notice;
pub mod paper;
pub mod refusal;
pub mod report;
pub mod retention;
pub mod rollcall;
pub mod rules;
pub mod secrecy;
pub mod setup;
pub mod status;
pub mod trust;
pub mod typed;
pub mod upkeep;
pub mod usage;
pub mod verification;
pub mod warning;
pub mod warning_matter;
pub mod whereabouts;
pub mod words;
