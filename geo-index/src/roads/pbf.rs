//! OSM PBF, by the crate osmpbf.

use osmpbf::{Element, ElementReader};
use vocabulary::Place;

use super::map::{Gathered, RoadError, RoadMap, Tags};

impl Tags for Vec<(&str, &str)> {
    fn tag(&self, name: &str) -> Option<&str> {
        self.iter().find_map(|(known, value)| (*known == name).then_some(*value))
    }
}

/// Most nodes of a file belong to no street, and nothing says that nodes stand before ways: so it is
/// read for which nodes streets need, for where they are, and for the streets.
pub(super) fn read(bytes: &[u8]) -> Result<RoadMap, RoadError> {
    let mut needed = rustc_hash::FxHashSet::default();
    each(bytes, |element| {
        if let Element::Way(way) = element
            && way.tags().any(|(name, _)| name == "highway")
        {
            needed.extend(way.refs());
        }
    })?;
    let mut gathered = Gathered::new();
    each(bytes, |element| {
        let (id, latitude, longitude) = match element {
            Element::DenseNode(node) => (node.id(), node.lat(), node.lon()),
            Element::Node(node) => (node.id(), node.lat(), node.lon()),
            Element::Way(_) | Element::Relation(_) => return,
        };
        if needed.contains(&id)
            && let Ok(place) = Place::new(latitude, longitude)
        {
            gathered.node(id, place);
        }
    })?;
    each(bytes, |element| {
        if let Element::Way(way) = element {
            let tags: Vec<_> = way.tags().collect();
            gathered.way(&tags, way.refs());
        }
    })?;
    gathered.finish()
}

fn each(bytes: &[u8], look: impl for<'a> FnMut(Element<'a>)) -> Result<(), RoadError> {
    ElementReader::new(bytes).for_each(look).map_err(|error| RoadError::Format(error.to_string()))
}
