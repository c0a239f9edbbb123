//! The examples of parameters in the document of the API, asked of a real house: each must be one
//! that its door can read, whether or not there is anything under it.

use serde_json::Value;

use crate::given::Given;

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Whatever an address may hold, so that it stays one.
fn encoded(value: &Value) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let one =
        |byte: u8| if plain(&byte) { char::from(byte).into() } else { format!("%{byte:02X}") };
    text(value).bytes().map(one).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_parameters_example_is_one_that_its_door_reads() {
    let given = Given::shop().await;
    let document = serde_json::to_value(gateway::http::openapi()).unwrap();
    let (mut wrong, mut asked) = (Vec::new(), 0);
    for (template, item) in document["paths"].as_object().unwrap() {
        let Some(parameters) = item["get"]["parameters"].as_array() else { continue };
        let within =
            |place: &'static str| parameters.iter().filter(move |known| known["in"] == place);
        let path = within("path").fold(template.clone(), |path, known| {
            path.replace(&format!("{{{}}}", text(&known["name"])), &encoded(&known["example"]))
        });
        let pair =
            |known: &Value| format!("{}={}", text(&known["name"]), encoded(&known["example"]));
        let needed = within("query").filter(|known| known["required"] == true);
        let needed: Vec<String> = needed.map(pair).collect();
        let single = within("query").filter(|known| known["required"] != true);
        // A span that ends on some day begins no later.
        let from = within("query").filter(|known| known["name"] == "from").map(pair).next();
        let alone = single.map(|known| {
            let begins = from.clone().filter(|_| known["name"] == "to");
            [needed.clone(), begins.into_iter().collect(), vec![pair(known)]].concat()
        });
        for query in alone.chain([needed.clone()]) {
            let address = format!("{path}?{}", query.join("&"));
            let answer = given.get(&address, &given.hq).await;
            asked += 1;
            if [400, 422].contains(&answer.status) {
                wrong.push(format!("{address}: {}", answer.body));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {asked}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked > 150, "{asked}");
}
