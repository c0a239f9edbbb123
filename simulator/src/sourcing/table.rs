//! The figures as aligned plain text.

use std::fmt::Write as _;

use super::beside::Beside;
use super::figures::Figures;
use super::gap::Gap;

const NAME: usize = 24;
const CELL: usize = 12;

/// One line for each way, then what each costs beside the first, then the distance from the optimum.
pub fn table(ways: &[Figures]) -> String {
    let mut text = format!("{:<NAME$}", "way");
    let titles =
        ["baskets", "wrong", "stores/ord", "km/order", "refused %", "lines lost", "groups cut"];
    // Writing to a String cannot fail, here and below.
    for title in titles.iter().chain(&["p50 us", "p99 us"]) {
        let _ = write!(text, "{title:>CELL$}");
    }
    text.push('\n');
    for way in ways {
        let _ = write!(text, "{:<NAME$}{:>CELL$}{:>CELL$}", way.way, way.baskets, way.wrong);
        for value in [
            way.parts_per_order(),
            way.kilometres_per_order(),
            way.refused_pct(),
            way.refused_lines_per_order(),
        ] {
            let _ = write!(text, "{value:>CELL$.4}");
        }
        let _ = write!(text, "{:>CELL$}", way.parted_groups);
        let _ = writeln!(text, "{:>CELL$.1}{:>CELL$.1}", way.p50_micros, way.p99_micros);
    }
    if let Some((first, others)) = ways.split_first() {
        for other in others {
            text.push_str(&beside(first, other));
        }
        for beside in &first.beside {
            text.push_str(&equal_service(beside));
        }
        for gap in &first.gaps {
            text.push_str(&optimum(gap));
        }
    }
    for way in ways.iter().filter(|way| way.wrong > 0) {
        let first = way.first_wrong.as_deref().unwrap_or_default();
        let _ = writeln!(text, "WRONG: {} answers of {}, such as: {first}", way.wrong, way.way);
    }
    text
}

fn beside(first: &Figures, other: &Figures) -> String {
    let ratio = |of: fn(&Figures) -> f64| of(other) / of(first).max(1e-9);
    // Everybody needs one store; only the others can be spared.
    let splits = |of: &Figures| of.parts_per_order() - 1.0;
    format!(
        "{} needs {:.2} times the splits, {:.2} times the kilometres, and loses {:.2} times the lines\n",
        other.way,
        ratio(splits),
        ratio(Figures::kilometres_per_order),
        ratio(Figures::refused_lines_per_order),
    )
}

fn equal_service(beside: &Beside) -> String {
    format!(
        "{} with the planner's stock: {} baskets filled by both, where it needs {:.2} times the splits \
         and {:.2} times the kilometres; {} only by the planner, {} only by it, {} by neither; {} \
         answers cut a group; it leaves {:.2} times the baskets unfilled\n",
        beside.way,
        beside.both,
        beside.splits_ratio(),
        beside.metres_ratio(),
        beside.only_planner,
        beside.only_other,
        beside.neither,
        beside.cut,
        beside.refused_ratio(),
    )
}

fn optimum(gap: &Gap) -> String {
    format!(
        "optimum, lines parted {}: {} baskets solved, {} of them split; stores +{:.4} % ({} with too \
         many), cost +{:.4} %, {} missed, {} beyond its rules, {} not solved\n",
        gap.lines_parted,
        gap.solved,
        gap.splits,
        gap.parts_pct(),
        gap.worse,
        gap.cost_pct(),
        gap.missed,
        gap.beyond,
        gap.not_solved,
    )
}
