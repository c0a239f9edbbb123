//! Words the people, shops and districts of the city are named with.
//!
//! Every brand is made up. Phone numbers all begin with 190 00: no block of Chinese numbers is set
//! aside for fiction, so this one stands for "nobody", and nothing here ever calls or texts.

use vocabulary::Chance;

use super::draws::word;

pub(super) const DISTRICTS: [&str; 12] = [
    "老城厢",
    "滨江新区",
    "大学城",
    "高新区",
    "商务区",
    "城东新村",
    "城西工业园",
    "南湖片区",
    "北站片区",
    "江北新城",
    "体育公园片区",
    "会展片区",
];

const SURNAMES: [&str; 60] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭",
    "何", "林", "高", "罗", "郑", "梁", "谢", "宋", "唐", "许", "韩", "冯", "邓", "曹", "彭", "曾",
    "肖", "田", "董", "潘", "袁", "蔡", "蒋", "余", "于", "杜", "叶", "程", "魏", "苏", "吕", "丁",
    "任", "卢", "姚", "沈", "钟", "姜", "崔", "谭", "陆", "范", "汪", "欧阳",
];
const GIVEN: [&str; 80] = [
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明",
    "超", "霞", "平", "刚", "桂英", "建国", "志强", "秀兰", "海燕", "小红", "子轩", "梓涵", "一诺",
    "浩然", "宇航", "欣怡", "思远", "雨桐", "嘉豪", "俊杰", "晓东", "建华", "文静", "雪梅", "春燕",
    "国庆", "卫东", "红梅", "丹丹", "婷婷", "鹏飞", "振华", "立新", "永强", "金凤", "玉兰", "少华",
    "天佑", "佳琪", "晨曦", "子涵", "若曦", "泽宇", "瑞雪", "长江", "大山", "小川", "云飞", "家辉",
    "美玲", "慧敏", "淑珍", "成龙", "凯", "鑫", "斌", "莉", "倩", "宁", "琳", "峰", "波", "辉",
    "璐",
];

/// A person's name, surname first.
pub(super) fn person(chance: &mut Chance) -> String {
    format!("{}{}", word(&SURNAMES, chance), word(&GIVEN, chance))
}

/// Whose telephone; each block of numbers has room for so many.
#[derive(Debug, Clone, Copy)]
pub(super) enum Line {
    Shopper,
    Courier,
    Store,
}

/// An eleven-digit mobile number of the made-up block: shoppers below 900000, couriers from
/// there, stores from 990000.
pub(super) fn phone(line: Line, position: usize) -> String {
    let (first, room) = match line {
        Line::Shopper => (0, 900_000),
        Line::Courier => (900_000, 90_000),
        Line::Store => (990_000, 10_000),
    };
    format!("19000{:06}", first + position % room)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_numbers_stay_in_the_made_up_block() {
        assert_eq!(phone(Line::Shopper, 7), "19000000007");
        assert_eq!(phone(Line::Courier, 0), "19000900000");
        assert_eq!(phone(Line::Store, 10_001), "19000990001");
    }
}
