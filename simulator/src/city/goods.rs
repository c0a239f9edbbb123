//! The shelves: kinds of goods with their varieties and sizes. Makers' names are made up.

use vocabulary::Chance;

use super::catalog::{TaxRate, Temperature};
use super::draws::shuffle;

/// Label, weight in grams, list price in fen.
type Size = (&'static str, u32, i64);

/// A kind of goods.
pub(super) struct Goods {
    pub(super) category: &'static str,
    /// Names with blanks between them, here and below.
    varieties: &'static str,
    pub(super) sizes: &'static [Size],
    pub(super) tax: TaxRate,
    pub(super) temperature: Temperature,
    /// Who may have made it; none for goods without a maker's name.
    makers: &'static str,
    /// How many of them offer each variety.
    maker_count: usize,
    /// How much better than its rank it sells.
    pub(super) pull: f64,
}

/// Makers of food and drink.
const FOOD: &str = "晨牧坊 谷雨记 青禾里 山泉谷 橙果屋 麦香匠 云朵家 小满集 穗满仓 海礁湾 禾木纪 暖阳社 知味里 \
     雪岭溪 松果仓 百味巷子 悠然田 锦鲤食铺";
/// Makers of everything else.
const HOUSEHOLD: &str = "洁小匠 星萃 蓝瓦 北纬里 拾光居 竹影间 绒绒日记 白檐 灯塔生活 木棉社";

use TaxRate::{Exempt, Nine, Six, Thirteen};
use Temperature::{Ambient, Chilled, Frozen};

/// As most goods are: fully taxed, kept on the shelf, without a maker's name.
const fn goods(category: &'static str, varieties: &'static str, sizes: &'static [Size]) -> Goods {
    Goods {
        category,
        varieties,
        sizes,
        tax: Thirteen,
        temperature: Ambient,
        makers: "",
        maker_count: 1,
        pull: 1.0,
    }
}

impl Goods {
    const fn taxed(self, tax: TaxRate) -> Self {
        Self { tax, ..self }
    }

    const fn kept(self, temperature: Temperature) -> Self {
        Self { temperature, ..self }
    }

    pub(super) fn varieties(&self) -> impl Iterator<Item = &'static str> {
        self.varieties.split_whitespace()
    }

    /// Who offers one of the varieties; a nameless maker where nobody signs the goods.
    pub(super) fn drawn_makers(&self, chance: &mut Chance) -> Vec<&'static str> {
        let mut makers: Vec<_> = self.makers.split_whitespace().collect();
        shuffle(&mut makers, chance);
        makers.truncate(self.maker_count);
        if makers.is_empty() { vec![""] } else { makers }
    }

    /// So many of these makers offer each variety.
    const fn by(self, makers: &'static str, maker_count: usize) -> Self {
        Self { makers, maker_count, ..self }
    }

    const fn pull(self, pull: f64) -> Self {
        Self { pull, ..self }
    }
}

pub(super) const GOODS: &[Goods] = &[
    goods(
        "蔬菜",
        "上海青 大白菜 西红柿 黄瓜 土豆 胡萝卜 西兰花 青椒 茄子 菠菜 生菜 娃娃菜 香菇 金针菇 莲藕 \
         山药",
        &[("300g", 300, 399), ("500g", 500, 599)],
    )
    .taxed(Exempt)
    .pull(1.3),
    goods(
        "肉禽蛋",
        "鲜鸡蛋 土鸡蛋 五花肉 猪里脊 鸡胸肉 鸡翅中 牛腩 肥牛片",
        &[("400g", 400, 1_980), ("1kg", 1_000, 4_580)],
    )
    .taxed(Exempt)
    .kept(Chilled)
    .pull(1.2),
    goods(
        "水果",
        "红富士苹果 香蕉 砂糖橘 巨峰葡萄 海南芒果 麒麟西瓜 蓝莓 丹东草莓 雪梨 猕猴桃 火龙果 柚子",
        &[("500g", 500, 990), ("1.5kg", 1_500, 2_680)],
    )
    .taxed(Nine)
    .pull(1.2),
    goods("鲜奶", "鲜牛奶 高钙鲜牛奶 脱脂鲜牛奶", &[("250ml", 260, 590), ("950ml", 980, 1_690)])
        .taxed(Nine)
        .kept(Chilled)
        .by(FOOD, 2)
        .pull(1.8),
    goods(
        "酸奶",
        "原味酸奶 黄桃酸奶 草莓酸奶 无糖希腊酸奶",
        &[("180g", 190, 650), ("100g×8", 850, 1_990)],
    )
    .kept(Chilled)
    .by(FOOD, 2)
    .pull(1.4),
    goods(
        "粮油",
        "东北大米 丝苗米 小麦粉 挂面 菜籽油 花生油 绿豆 小米",
        &[("1kg", 1_000, 1_290), ("5kg", 5_000, 4_990)],
    )
    .taxed(Nine)
    .by(FOOD, 1)
    .pull(0.9),
    goods(
        "调味",
        "生抽 老抽 香醋 蚝油 豆瓣酱 辣椒酱 食用盐 白砂糖 料酒 芝麻油",
        &[("250g", 280, 690), ("500ml", 620, 1_090)],
    )
    .by(FOOD, 1)
    .pull(0.7),
    goods(
        "饮料",
        "饮用天然水 气泡水 乌龙茶 茉莉花茶 冰红茶 可乐汽水 橙汁 椰子水 电解质水 美式咖啡 拿铁咖啡",
        &[("330ml", 350, 390), ("500ml", 530, 490), ("500ml×12", 6_400, 4_290)],
    )
    .by(FOOD, 2)
    .pull(1.6),
    goods(
        "零食",
        "原味薯片 番茄薯片 海苔 苏打饼干 夹心饼干 每日坚果 瓜子 牛肉干 辣条 黑巧克力 水果糖 \
         山楂条 鱼豆腐",
        &[("80g", 95, 690), ("200g", 225, 1_490)],
    )
    .by(FOOD, 2)
    .pull(1.1),
    goods(
        "方便速食",
        "红烧牛肉面 老坛酸菜面 螺蛳粉 自热米饭 酸辣粉 八宝粥 火腿肠",
        &[("单份", 140, 650), ("5连包", 620, 2_290)],
    )
    .by(FOOD, 1)
    .pull(1.2),
    goods(
        "冷冻",
        "猪肉白菜水饺 三鲜水饺 手抓饼 汤圆 奶黄包 鸡米花 虾仁 巴沙鱼片",
        &[("450g", 470, 1_890), ("1kg", 1_030, 3_690)],
    )
    .kept(Frozen)
    .by(FOOD, 1)
    .pull(0.9),
    goods(
        "冰品",
        "香草雪糕 绿豆冰棒 巧克力脆筒 酸奶冰淇淋",
        &[("75g", 85, 450), ("75g×6", 500, 2_190)],
    )
    .kept(Frozen)
    .by(FOOD, 1)
    .pull(0.8),
    goods(
        "烘焙",
        "吐司面包 全麦面包 肉松小贝 蛋黄酥 奶油蛋糕卷",
        &[("90g", 100, 790), ("350g", 380, 1_690)],
    )
    .by(FOOD, 1)
    .pull(1.1),
    goods("现制小食", "鲜肉包 豆沙包 茶叶蛋 关东煮 烤肠 糯玉米 现磨豆浆", &[("单份", 160, 390)])
        .taxed(Six)
        .pull(2.2),
    goods(
        "现制餐饮",
        "照烧鸡腿饭 鱼香肉丝饭 番茄鸡蛋面 牛肉炒饭 现磨美式 现磨拿铁",
        &[("单份", 420, 1_690)],
    )
    .taxed(Six)
    .pull(2.0),
    goods(
        "纸品清洁",
        "抽纸 卷纸 厨房纸 湿巾 洗衣液 洗洁精 垃圾袋 洗手液",
        &[("小包装", 500, 1_290), ("家庭装", 2_200, 3_290)],
    )
    .by(HOUSEHOLD, 1)
    .pull(0.8),
    goods(
        "个护",
        "牙膏 牙刷 洗发露 沐浴露 香皂 洗面奶 一次性口罩",
        &[("便携装", 110, 990), ("标准装", 420, 2_590)],
    )
    .by(HOUSEHOLD, 1)
    .pull(0.6),
    goods(
        "宠物",
        "成猫粮 幼猫粮 犬粮 豆腐猫砂",
        &[("1.5kg", 1_550, 4_990), ("2.5kg", 2_600, 7_990)],
    )
    .by(HOUSEHOLD, 1)
    .pull(0.4),
    goods("母婴", "婴儿湿巾 纸尿裤M码 纸尿裤L码 儿童成长牛奶 米粉", &[("标准装", 650, 3_990)])
        .by(HOUSEHOLD, 1)
        .pull(0.5),
    goods(
        "日用五金",
        "5号电池 数据线 雨伞 一次性杯 保鲜膜 LED灯泡 插线板",
        &[("标准装", 260, 1_890)],
    )
    .by(HOUSEHOLD, 1)
    .pull(0.4),
];
