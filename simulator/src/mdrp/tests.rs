//! Fixtures are made up here; days of other people are only read where the machine has them.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use vocabulary::{Place, Timestamp};

use super::*;
use crate::city::{City, CitySpec};

/// A folder of its own for one test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("paidan-mdrp-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// A sound day of two orders, to be spoiled by the test.
    fn sound(name: &str) -> Self {
        let folder = Self::new(name);
        folder.put("restaurants.txt", "restaurant\tx\ty\nr1\t0\t0\nr2\t900\t-40\n");
        folder.put(
            "orders.txt",
            "order\tx\ty\tplacement_time\trestaurant\tready_time\n\
             o1\t300\t400\t5\tr2\t17\no2\t-80\t20\t9\tr1\t9\n",
        );
        folder.put("couriers.txt", "courier\tx\ty\ton_time\toff_time\nc1\t10\t10\t0\t90\n");
        folder.put(
            "instance_parameters.txt",
            "meters_per_minute\tpickup service minutes\tdropoff service minutes\t\
             target click-to-door\tmaximum click-to-door\tpay per order\tguaranteed pay per hour\n\
             300\t4\t4\t40\t90\t10\t15\n",
        );
        folder
    }

    fn put(&self, file: &str, text: &str) -> &Self {
        std::fs::write(self.0.join(file), text).unwrap();
        self
    }

    fn refusal(&self) -> String {
        let text = Day::read(&self.0).unwrap_err().to_string();
        text.replace(&format!("{}/", self.0.display()), "")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_day_is_read_as_it_stands() {
    let folder = Folder::sound("stands");
    let day = Day::read(&folder.0).unwrap();
    let order = &day.orders[0];
    assert_eq!(order.door, Spot::new(300.0, 400.0));
    assert_eq!((order.placed_minute, order.ready_minute), (5, 17));
    assert_eq!(day.restaurant(order).unwrap().name, "r2");
    assert_eq!(day.courier_hours(), 1.5);
    assert_eq!(day.last_minute(), 90);
    assert_eq!(day.travel_minutes(Spot::new(0.0, 0.0), Spot::new(301.0, 0.0)), 2);
}

#[test]
fn what_is_written_is_read_back() {
    let (from, to) = (Folder::sound("from"), Folder::new("to"));
    let day = Day::read(&from.0).unwrap();
    day.write(&to.0).unwrap();
    assert_eq!(Day::read(&to.0).unwrap(), day);
}

#[test]
fn windows_line_ends_a_byte_order_mark_and_moved_columns_do_no_harm() {
    let folder = Folder::sound("windows");
    let plain = Day::read(&folder.0).unwrap();
    folder.put(
        "couriers.txt",
        "\u{feff}x\ty\tcourier\toff_time\tshoe\ton_time\r\n10\t10\tc1\t90.0\t42\t0\r\n\r\n",
    );
    assert_eq!(Day::read(&folder.0).unwrap(), plain);
}

#[test]
fn a_fault_names_its_file_line_column_and_cure() {
    let head = "order\tx\ty\tplacement_time\trestaurant\tready_time\n";
    let cases = [
        (
            "orders.txt",
            format!("{head}o1\t3\t4\tnoon\tr1\t9\n"),
            "orders.txt, line 2, column \"placement_time\": \"noon\" is no number; \
             write digits such as 743 or 12.5",
        ),
        (
            "orders.txt",
            format!("{head}o1\t3\t4\t5\tr1\t9\n\no1\t3\t4\t5\tr1\t9\n"),
            "orders.txt, line 4, column \"order\": \"o1\" is named twice; \
             give every row a name of its own",
        ),
        (
            "orders.txt",
            format!("{head}o1\t3\t4\t5\tr9\t9\n"),
            "orders.txt, line 2, column \"restaurant\": \"r9\" is not in restaurants.txt; \
             add it there or correct the name",
        ),
        (
            "orders.txt",
            format!("{head}o1\t3\t4\t5\tr1\t4\n"),
            "orders.txt, line 2, column \"ready_time\": \"4\" is before the order's \
             placement_time; an order is ready no earlier than it is placed",
        ),
        (
            "orders.txt",
            format!("{head}o1\t3\t4\t-5\tr1\t4\n"),
            "orders.txt, line 2, column \"placement_time\": \"-5\" is no minute of the day; \
             write a whole number of minutes from 0 to 10080",
        ),
        (
            "orders.txt",
            format!("{head}o1 3 4 5 r1 9\n"),
            "orders.txt, line 2: no column \"restaurant\"; the line has 1 cells, \
             separate them by tabs",
        ),
        ("orders.txt", head.to_owned(), "orders.txt: no rows; add at least one"),
        (
            "restaurants.txt",
            "restaurant\tx\nr1\t1\n".to_owned(),
            "restaurants.txt, line 1: column \"y\" is missing; the header must name \
             restaurant, x, y, separated by tabs",
        ),
        (
            "restaurants.txt",
            "restaurant\tx\ty\nr1\t1\tinf\n".to_owned(),
            "restaurants.txt, line 2, column \"y\": \"inf\" is no number; \
             write digits such as 743 or 12.5",
        ),
        (
            "couriers.txt",
            "courier\tx\ty\ton_time\toff_time\nc1\t10\t10\t90\t90\n".to_owned(),
            "couriers.txt, line 2, column \"off_time\": \"90\" is not after on_time; \
             a shift ends after it begins",
        ),
        (
            "instance_characteristics.txt",
            "number of orders: 2\nnumber of couriers: 7\n".to_owned(),
            "instance_characteristics.txt, line 2: it says 7 couriers, the tables hold 1; \
             correct the line or delete the file",
        ),
    ];
    for (position, (file, text, expected)) in cases.into_iter().enumerate() {
        let folder = Folder::sound(&format!("fault-{position}"));
        folder.put(file, &text);
        assert_eq!(folder.refusal(), expected, "case {position}");
    }
}

#[test]
fn a_missing_folder_says_what_a_day_is() {
    let refusal = Day::read(Path::new("/nowhere/at/all")).unwrap_err().to_string();
    assert!(refusal.contains("/nowhere/at/all/restaurants.txt"), "{refusal}");
    assert!(refusal.contains("a day is a folder with couriers.txt"), "{refusal}");
}

#[test]
fn a_day_lies_around_its_reference_with_its_distances() {
    let day = Day::read(&Folder::sound("anchor").0).unwrap();
    let reference = Place::new(30.6, 114.3).unwrap();
    let anchor = Anchor::new(&day, reference, Timestamp::from_millis(1_000));
    assert_eq!(anchor.place(Spot::new(900.0, 0.0)), reference, "the medians of x and of y");
    for order in &day.orders {
        assert!(anchor.spot(anchor.place(order.door)).distance(order.door) < 0.02);
    }
    assert_eq!(anchor.at(2), Timestamp::from_millis(121_000));
    assert_eq!(anchor.minute(Timestamp::from_millis(31_000)), 0.5);
}

#[test]
fn a_city_writes_days_that_can_be_read() {
    let spec = CitySpec { seed: 3, orders_per_day: 400, couriers: 40, ..CitySpec::default() };
    let city = City::generate(&spec);
    let day = Day::of_city(&city, 0);
    assert!((250..430).contains(&day.orders.len()), "{} orders", day.orders.len());
    assert!(day.couriers.len() >= 40);
    assert_eq!(day.restaurants.len(), 60);
    let folder = Folder::new("city");
    day.write(&folder.0).unwrap();
    assert_eq!(Day::read(&folder.0).unwrap(), day);
    assert!(Day::of_city(&city, 1) != day, "days differ");
}

/// Reads every published day on this machine and writes it back unchanged.
#[test]
fn published_days_are_read_where_they_are_present() {
    let Ok(data) = std::env::var("PAIDAN_TRIAL_DATA") else {
        println!("skipped: PAIDAN_TRIAL_DATA is not set, so there are no published days to read");
        return;
    };
    let Ok(folders) = std::fs::read_dir(Path::new(&data).join("mdrp")) else {
        println!("skipped: {data} holds no folder mdrp");
        return;
    };
    let mut days: Vec<PathBuf> = folders.filter_map(|entry| Some(entry.ok()?.path())).collect();
    days.retain(|path| path.is_dir());
    days.sort();
    let copy = Folder::new("published");
    for folder in &days {
        let day = Day::read(folder).unwrap_or_else(|error| panic!("{error}"));
        assert!(!day.orders.is_empty() && !day.couriers.is_empty());
        day.write(&copy.0).unwrap();
        assert!(Day::read(&copy.0).unwrap() == day, "{} changed on the way", folder.display());
    }
    println!("{} days read and written", days.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_broken_table_is_refused_or_read_and_never_for_long(
        which in 0..5_usize,
        edits in prop::collection::vec(
            (any::<prop::sample::Index>(), 0..3_u8, ".{0,3}|[0-9]{18}|-|\t|\n|1e308|NaN"),
            1..8,
        ),
    ) {
        let folder = Folder::sound("broken");
        let files = ["restaurants.txt", "orders.txt", "couriers.txt", "instance_parameters.txt",
            "instance_characteristics.txt"];
        let file = files[which];
        let text = std::fs::read_to_string(folder.0.join(file)).unwrap_or_default();
        let mut letters: Vec<String> = text.chars().map(String::from).collect();
        for (place, kind, word) in edits {
            if letters.is_empty() {
                letters.push(word);
                continue;
            }
            let at = place.index(letters.len());
            match kind {
                0 => letters[at] = word,
                1 => letters.insert(at, word),
                _ => letters.truncate(at),
            }
        }
        folder.put(file, &letters.concat());
        let began = std::time::Instant::now();
        if let Err(error) = Day::read(&folder.0) {
            prop_assert!(error.to_string().contains(file), "{error}");
        }
        prop_assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
    }
}
