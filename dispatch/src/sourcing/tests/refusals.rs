use super::*;

#[test]
fn nobody_delivers_there() {
    world(&[], "milk 1")
        .check_refused("no store can fulfil this basket: no store delivers to this door");
}

#[test]
fn what_lacks_is_named_by_line() {
    let stores = ["a 100 milk=3 tea=9", "b 200 milk=1 rice=1"];
    world(&stores, "tea 1, milk 5, rice 1, salt 2").check_refused(
        "no store can fulfil this basket: stores in reach lack line 2 (5 wanted, 4 there), \
         line 4 (2 wanted, 0 there)",
    );
}

#[test]
fn a_night_is_not_taken_for_a_shortage() {
    let world = world(&["a 100 milk=9", "b 200 milk=9", "c 300 tea=9"], "milk 1")
        .settings("a", |settings| settings.hours = open("10:30", "21:00"))
        .store("b", |row| row.status = StoreStatus::Offline);
    world.check_refused(
        "no store can fulfil this basket: stores in reach lack line 1 (1 wanted, 0 there); of 3 \
         stores in reach: 1 closed at that time, 1 cannot be reached",
    );
}

#[test]
fn a_closed_store_that_was_named_says_when_it_opens() {
    let world = world(&["a 100 milk=9"], "milk 1")
        .settings("a", |settings| settings.hours = open("10:30", "21:00"))
        .request(|request| request.pinned = Some(store_named("a")));
    let refusal = world.plan().unwrap_err();
    let opens_at = Some(later(minutes(30)));
    assert_eq!(refusal, Refusal::StoreClosed { store: store_named("a"), opens_at });
}

#[test]
fn a_named_store_must_have_it_all_and_exist() {
    let named = |store| {
        world(&["a 100 milk=2", "b 200 milk=9"], "milk 3")
            .request(move |request| request.pinned = Some(store_named(store)))
    };
    named("a").check_refused(
        "no store can fulfil this basket: the named store lacks line 1 (3 wanted, 2 there)",
    );
    named("z")
        .check_refused("no store can fulfil this basket: the named store is not in this city");
}

#[test]
fn what_is_no_question_is_refused_as_such() {
    let world = world(&["a 100 milk=2"], "milk 1");
    let refused = |change: fn(&mut SourcingRequest)| {
        world.clone().request(change).plan().unwrap_err().code().to_owned()
    };
    assert_eq!(refused(|request| request.lines.clear()), "invalid");
    assert_eq!(refused(|request| request.lines[0].units = 0), "invalid");
    assert_eq!(refused(|request| request.destination = None), "invalid");
    assert_eq!(refused(|request| request.mode = FulfillmentMode::Pickup), "invalid");
}
