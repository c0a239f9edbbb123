//! Days of deliveries from elsewhere: five tables, parted by a zero byte.
#![no_main]

use libfuzzer_sys::fuzz_target;
use simulator::mdrp::Day;

const FILES: [&str; 5] = [
    "orders.txt",
    "restaurants.txt",
    "couriers.txt",
    "instance_parameters.txt",
    "instance_characteristics.txt",
];

fuzz_target!(|data: &[u8]| {
    let folder = std::env::temp_dir().join(format!("days-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let mut texts = data.splitn(FILES.len(), |byte| *byte == 0);
    for file in FILES {
        std::fs::write(folder.join(file), texts.next().unwrap_or_default()).expect("a file");
    }
    let _ = Day::read(&folder);
});
