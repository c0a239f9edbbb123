use proptest::prelude::*;

use super::*;

fn place(latitude: f64, longitude: f64) -> Place {
    Place::new(latitude, longitude).unwrap()
}

fn metres_between(a: Place, b: Place) -> f64 {
    let north = (a.latitude - b.latitude) * 111_320.0;
    let east = (a.longitude - b.longitude) * 111_320.0 * a.latitude.to_radians().cos();
    north.hypot(east)
}

fn same(a: Place, b: Place) -> bool {
    (a.latitude - b.latitude).abs() < 1e-12 && (a.longitude - b.longitude).abs() < 1e-12
}

#[test]
fn known_pairs_agree() {
    let beijing = place(39.915, 116.404);
    let gcj02 = place(39.91640428150164, 116.41024449916938);
    let bd09 = place(39.92133699351021, 116.41036949371029);
    assert!(same(wgs84_to_gcj02(beijing), gcj02));
    assert!(same(gcj02_to_bd09(beijing), bd09));
    assert!(metres_between(gcj02_to_wgs84(gcj02), beijing) < 0.001);
    assert!(metres_between(bd09_to_gcj02(bd09), beijing) < 0.001);
}

#[test]
fn outside_mainland_china_nothing_moves() {
    let unmoved = [
        ("Hong Kong, Central", 22.2819, 114.1581),
        ("Hong Kong, Sheung Shui", 22.5013, 114.1281),
        ("Hong Kong airport", 22.3080, 113.9185),
        ("Macau", 22.1987, 113.5439),
        ("Macau, Cotai", 22.1470, 113.5620),
        ("Taipei", 25.0330, 121.5654),
        ("Kaohsiung", 22.6273, 120.3014),
        ("Kinmen", 24.4320, 118.3171),
        ("London", 51.5074, -0.1278),
        ("north pole", 90.0, 0.0),
        ("south pole", -90.0, 180.0),
        ("antimeridian", 0.0, -180.0),
        ("null island", 0.0, 0.0),
    ];
    for (name, latitude, longitude) in unmoved {
        let here = place(latitude, longitude);
        for convert in [wgs84_to_gcj02, gcj02_to_wgs84, gcj02_to_bd09, bd09_to_gcj02] {
            assert_eq!(convert(here), here, "{name}");
        }
    }
}

#[test]
fn border_cities_of_the_mainland_are_shifted() {
    let cities = [
        ("Shenzhen, Luohu", 22.5350, 114.1170),
        ("Shenzhen, Shekou", 22.4850, 113.9160),
        ("Shenzhen, Futian port", 22.5230, 114.0680),
        ("Zhuhai, Gongbei", 22.2200, 113.5490),
        ("Zhuhai, Hengqin", 22.1290, 113.5330),
        ("Xiamen", 24.4798, 118.0894),
        ("Sanya", 18.2528, 109.5119),
        ("Mohe", 52.9722, 122.5385),
        ("Kashgar", 39.4677, 75.9938),
    ];
    for (name, latitude, longitude) in cities {
        let here = place(latitude, longitude);
        let moved = metres_between(wgs84_to_gcj02(here), here);
        assert!((100.0..1_000.0).contains(&moved), "{name} moved {moved} m");
    }
}

#[test]
fn a_place_is_converted_once_however_often_it_travels() {
    let shop = place(31.2304, 121.4737);
    for system in [CoordinateSystem::Wgs84, CoordinateSystem::Gcj02, CoordinateSystem::Bd09] {
        let mut seen = shop;
        for _ in 0..100 {
            let (latitude, longitude) = seen.in_system(system);
            seen = Place::from_system(system, latitude, longitude).unwrap();
        }
        assert!(metres_between(seen, shop) < 0.01, "{system:?}");
    }
    let twice = wgs84_to_gcj02(wgs84_to_gcj02(shop));
    assert!(metres_between(twice, wgs84_to_gcj02(shop)) > 300.0);
}

#[test]
fn degrees_off_the_earth_are_refused_in_every_system() {
    for system in [CoordinateSystem::Wgs84, CoordinateSystem::Gcj02, CoordinateSystem::Bd09] {
        assert!(matches!(Place::from_system(system, 90.1, 0.0), Err(PlaceError::Latitude(_))));
        assert!(matches!(Place::from_system(system, 0.0, f64::NAN), Err(PlaceError::Longitude(_))));
    }
}

#[test]
fn computed_degrees_go_round_the_earth_and_stop_at_the_poles() {
    assert_eq!(Place::wrapped(10.0, 190.0), place(10.0, -170.0));
    assert_eq!(Place::wrapped(10.0, -181.0), place(10.0, 179.0));
    assert_eq!(Place::wrapped(91.0, 180.0), place(90.0, 180.0));
    assert_eq!(Place::wrapped(f64::NAN, f64::INFINITY), place(0.0, 0.0));
}

proptest! {
    #[test]
    fn every_place_survives_the_way_there_and_back(
        latitude in 18.0..53.5_f64,
        longitude in 73.5..135.0_f64,
    ) {
        let here = place(latitude, longitude);
        prop_assume!(in_mainland_china(here));
        for system in [CoordinateSystem::Gcj02, CoordinateSystem::Bd09] {
            let (latitude, longitude) = here.in_system(system);
            let back = Place::from_system(system, latitude, longitude).unwrap();
            prop_assert!(metres_between(back, here) < 0.5);
        }
    }

    #[test]
    fn every_conversion_of_every_pair_is_on_the_earth(
        latitude in -90.0..=90.0_f64,
        longitude in -180.0..=180.0_f64,
    ) {
        for system in [CoordinateSystem::Wgs84, CoordinateSystem::Gcj02, CoordinateSystem::Bd09] {
            let read = Place::from_system(system, latitude, longitude).unwrap();
            prop_assert!(Place::new(read.latitude, read.longitude).is_ok());
            let (latitude, longitude) = read.in_system(system);
            prop_assert!(Place::new(latitude, longitude).is_ok());
        }
    }
}
