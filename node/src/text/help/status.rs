//! Help of `office status`.

/// `office status`
pub const STATUS: &str = "各单位此刻的状态：谁在值班、在办事件、逾期、今日报告、线路；到时必有全表，叫不通的由上级凭记录代答";
/// Which offices.
pub const OFFICES: &str = "问哪些单位，连同其全部下级；不写则问本单位及全部下级";
/// `--alone`
pub const ALONE: &str = "只问写明的单位，不问其下级";
/// `--within`
pub const WITHIN: &str = "最多等多久，例如 10s、1m，在 500ms 与 5m 之间";
