//! Street names.

use vocabulary::Chance;

use super::StreetClass;
use crate::city::draws::{NameBag, numeral};

const AVENUES: [&str; 24] = [
    "人民", "解放", "建设", "中山", "和平", "胜利", "友谊", "团结", "光明", "新华", "文化", "体育",
    "青年", "迎宾", "振兴", "创新", "朝阳", "长青", "东风", "民主", "劳动", "健康", "科技", "幸福",
];
const STREETS: [&str; 60] = [
    "东湖", "南湖", "西溪", "北苑", "梅园", "兰苑", "桂园", "松林", "竹溪", "荷花", "芙蓉", "紫薇",
    "丁香", "银杏", "梧桐", "樱花", "枫林", "柳堤", "春晖", "秋实", "书院", "学府", "状元", "文昌",
    "钟楼", "鼓楼", "庙前", "望江", "临江", "江堤", "渔港", "码头", "车站", "工农", "纺织", "造船",
    "电力", "果园", "茶山", "白云", "青山", "翠竹", "百花", "玉泉", "凤凰", "龙泉", "麒麟", "仙鹤",
    "金桥", "银湖", "永安", "太平", "兴隆", "万福", "安居", "康乐", "民生", "同心", "常青", "花桥",
];
const DIAGONALS: [&str; 4] = ["大同大道", "复兴大道", "锦绣大道", "星海大道"];

/// Hands out names no two streets share.
pub(super) struct StreetNames {
    avenues: NameBag,
    streets: NameBag,
    /// The word and next numeral of a run such as 建设一路, 建设二路.
    series: Option<(String, usize)>,
}

impl StreetNames {
    pub(super) fn new(chance: &mut Chance) -> Self {
        Self {
            avenues: NameBag::new(&AVENUES, chance),
            streets: NameBag::new(&STREETS, chance),
            series: None,
        }
    }

    /// An avenue's two halves: named alike with a compass word, or one name right through.
    pub(super) fn avenue(&mut self, halves: (&str, &str), chance: &mut Chance) -> (String, String) {
        let word = self.avenues.next();
        if chance.happens(0.4) {
            let whole = format!("{word}大道");
            return (whole.clone(), whole);
        }
        (format!("{word}{}路", halves.0), format!("{word}{}路", halves.1))
    }

    /// A street between the avenues. Neighbours often share a word and count up.
    pub(super) fn street(&mut self, chance: &mut Chance) -> (String, StreetClass) {
        if let Some((word, next)) = self.series.take() {
            if next < 3 || (next == 3 && chance.happens(0.5)) {
                self.series = Some((word.clone(), next + 1));
            }
            return (format!("{word}{}路", numeral(next)), StreetClass::Street);
        }
        let word = self.streets.next();
        match chance.below(10) {
            0..=2 => {
                self.series = Some((word.clone(), 2));
                (format!("{word}一路"), StreetClass::Street)
            }
            3..=5 => (format!("{word}路"), StreetClass::Street),
            6..=8 => (format!("{word}街"), StreetClass::Street),
            _ => (format!("{word}巷"), StreetClass::Lane),
        }
    }

    pub(super) fn diagonal(position: usize) -> String {
        DIAGONALS.get(position % DIAGONALS.len()).copied().unwrap_or_default().to_owned()
    }

    pub(super) fn ring(position: usize) -> String {
        format!("{}环路", numeral(position + 1))
    }
}
