//! Reminders, proofs at the door and ratings.

use super::*;
use crate::policy::ProofNeed;

fn picture(n: u128) -> PersonId {
    PersonId::from_bits(700 + n)
}

fn keep(play: &Play, n: u128, what: PictureOf) -> OrderCommand {
    let (delivery, courier) = (play.delivery_id(), courier(1));
    OrderCommand::KeepPicture { delivery, attempt: 1, courier, picture: picture(n), what }
}

fn wrong_code(play: &Play) -> OrderCommand {
    OrderCommand::RefuseCode { delivery: play.delivery_id(), attempt: 1, courier: courier(1) }
}

fn proves(play: &Play, proof: ProofOfDelivery) -> OrderCommand {
    play.step(1, 1, DeliveryStep::Delivered { proof })
}

/// As [`Play::picked_up`], where the store's deliveries need this.
fn carried(need: ProofNeed) -> Play {
    let mut play = Play::simple();
    play.policy.proof.stores.insert(store(1), need);
    play.tell(play.accepts(0)).unwrap();
    play.offer(1, &[1]);
    play.tell(play.grant(1, 1)).unwrap();
    play.tell(play.hands_over(0, 1)).unwrap();
    play
}

fn stars(store_stars: u8, courier_stars: Option<u8>) -> RatingWords {
    RatingWords { store_stars, courier_stars, tags: Vec::new(), text: None }
}

fn rate(words: RatingWords) -> OrderCommand {
    OrderCommand::Rate { words }
}

#[test]
fn a_shopper_asks_again_only_after_the_cool_down() {
    let mut play = Play::accepted();
    let answer = |answer| OrderCommand::AnswerReminder { answer };
    assert_eq!(play.refuses(answer(ReminderAnswer::OnIt)), "no_reminder");
    play.tell(OrderCommand::Remind).unwrap().expect("order_reminded", "remind:1");
    play.wait(100);
    let refusal = play.tell(OrderCommand::Remind).unwrap_err();
    assert_eq!(refusal, Refusal::RemindedRecently { wait: Seconds(200) });
    play.tell(answer(ReminderAnswer::FiveMinutes)).unwrap().expect("reminder_answered", "remind:1");
    play.nothing(answer(ReminderAnswer::FiveMinutes));
    play.wait(200);
    play.tell(OrderCommand::Remind).unwrap();
    let known = play.order.reminders.as_deref().unwrap();
    assert_eq!((known.count, known.answer), (2, None), "a new question has no answer yet");
}

#[test]
fn goods_on_the_way_and_orders_that_are_over_concern_no_store() {
    let mut play = Play::picked_up();
    play.tell(OrderCommand::Remind).unwrap().expect("order_reminded", "");
    let mut play = Play::delivered();
    assert_eq!(play.refuses(OrderCommand::Remind), "order_state");
}

#[test]
fn delivered_is_refused_without_what_the_policy_asks() {
    let photo = || ProofOfDelivery::LeftAtDoor { photo: Some(picture(1)) };
    let signature = || ProofOfDelivery::Signature { picture: picture(2) };
    let cases = [
        (ProofNeed::Nothing, [true, true, true, true]),
        (ProofNeed::Photo, [false, true, true, true]),
        (ProofNeed::Signature, [false, false, true, true]),
        (ProofNeed::Code, [false, false, false, true]),
    ];
    for (need, allowed) in cases {
        let shown = [ProofOfDelivery::HandedToPerson, photo(), signature(), ProofOfDelivery::Code];
        for (proof, is_allowed) in shown.into_iter().zip(allowed) {
            let mut play = carried(need);
            play.tell(keep(&play, 1, PictureOf::Photo))
                .unwrap()
                .expect("delivery_picture_kept", "");
            play.tell(keep(&play, 2, PictureOf::Signature)).unwrap();
            let command = proves(&play, proof.clone());
            if is_allowed {
                play.tell(command).unwrap();
            } else {
                assert_eq!(play.refuses(command), "proof_missing", "{need:?} by {proof:?}");
            }
        }
    }
}

#[test]
fn a_picture_counts_once_it_was_kept_and_for_what_it_shows() {
    let mut play = carried(ProofNeed::Signature);
    let signed = |n| ProofOfDelivery::Signature { picture: picture(n) };
    assert_eq!(play.refuses(proves(&play, signed(1))), "proof_missing");
    play.tell(keep(&play, 1, PictureOf::Photo)).unwrap();
    assert_eq!(play.refuses(proves(&play, signed(1))), "proof_missing");
    play.tell(keep(&play, 2, PictureOf::Signature)).unwrap();
    play.nothing(keep(&play, 2, PictureOf::Signature));
    play.tell(proves(&play, signed(2))).unwrap();
    assert_eq!(play.refuses(keep(&play, 3, PictureOf::Photo)), "delivery_state");
    assert_eq!(play.order.personal_ids(), vec![picture(1), picture(2)]);
}

#[test]
fn nobody_fills_the_house_with_pictures() {
    let mut play = carried(ProofNeed::Photo);
    for n in 0..12 {
        play.tell(keep(&play, n, PictureOf::Photo)).unwrap();
    }
    assert_eq!(play.refuses(keep(&play, 12, PictureOf::Photo)), "too_many_pictures");
}

#[test]
fn wrong_codes_lock_the_door_for_a_while() {
    let mut play = carried(ProofNeed::Code);
    play.policy.code_tries = 2;
    let told = play.tell(wrong_code(&play)).unwrap();
    told.expect("delivery_code_failed", "");
    play.tell(wrong_code(&play)).unwrap();
    assert_eq!(play.refuses(proves(&play, ProofOfDelivery::Code)), "code_locked");
    assert_eq!(play.refuses(wrong_code(&play)), "code_locked");
    play.wait(play.policy.code_locked_for_s);
    play.tell(wrong_code(&play)).unwrap();
    play.tell(proves(&play, ProofOfDelivery::Code)).unwrap();
}

#[test]
fn goods_that_are_not_for_minors_need_a_code_or_a_signature() {
    let mut bought = basket(&[(1, 3)]);
    bought.lines[0].age_restricted = true;
    let mut play = Play::open(bought, plan(&[(1, &[(1, 3)])]));
    play.tell(play.accepts(0)).unwrap();
    assert_eq!(play.delivery().need, ProofNeed::Signature);
    assert!(play.delivery().need.takes_a_code());
    assert_eq!(Play::accepted().delivery().need, ProofNeed::Nothing);
}

#[test]
fn the_strongest_rule_counts() {
    let mut play = Play::simple();
    play.policy.proof.everywhere = ProofNeed::Photo;
    play.policy.proof.valuable = ProofNeed::Code;
    play.policy.proof.valuable_from_fen = Some(play.order.payable().as_fen());
    play.tell(play.accepts(0)).unwrap();
    assert_eq!(play.delivery().need, ProofNeed::Code);
    let mut play = Play::simple();
    play.policy.proof.everywhere = ProofNeed::Photo;
    play.policy.proof.stores.insert(store(1), ProofNeed::Nothing);
    play.tell(play.accepts(0)).unwrap();
    assert_eq!(play.delivery().need, ProofNeed::Nothing, "the store's own rule comes first");
}

#[test]
fn an_order_is_rated_once_after_its_end_and_within_the_window() {
    let mut play = Play::picked_up();
    assert_eq!(play.refuses(rate(stars(5, Some(4)))), "order_state");
    let mut play = Play::delivered();
    for wrong in [stars(0, None), stars(6, None), stars(5, Some(0))] {
        assert_eq!(play.refuses(rate(wrong)), "invalid");
    }
    let twice = RatingWords { tags: vec![RatingTag::Fast, RatingTag::Fast], ..stars(5, None) };
    assert_eq!(play.refuses(rate(twice)), "invalid");
    play.tell(rate(stars(5, Some(4)))).unwrap().expect("order_rated", "");
    play.nothing(rate(stars(5, Some(4))));
    assert_eq!(play.refuses(rate(stars(1, None))), "already_rated");
    let Some((_, OrderEvent::OrderRated { stores, couriers, .. })) = play.history.last() else {
        panic!("the rating is what happened last");
    };
    assert_eq!((stores.as_slice(), couriers.as_slice()), (&[store(1)][..], &[courier(1)][..]));

    let mut late = Play::delivered();
    late.wait(late.policy.rating_window_s + 1);
    assert_eq!(late.refuses(rate(stars(5, None))), "rating_closed");
}
