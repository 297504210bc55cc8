// Fits the parameters of the engine to measured transfers.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "dmac/parameters.h"
#include "platform/calibrate/reference_point.h"

namespace dmavp::platform {

/// The parameters of one engine: what the fit found, and what `cfg` says of it.
///   lgfifo=n      FIFO of 2^n words
///   nax=n         queue of n read bursts; bufdepth, memsysdepth: so many more until their response
///   unaligned=1   a realignment register behind the FIFO: one word more before a write starts, a cycle
///   later, and space is free a
///                 cycle earlier
/// Other keys have no meaning here (unknown_keys).
dmac::Parameters configured(const dmac::Parameters& fitted,
                            const std::map<std::string, unsigned>& configuration);

/// Keys of `cfg` that configured() does not know, or knows only the value 0 of (decouple_rw).
std::vector<std::string> unknown_keys(const std::vector<ReferencePoint>& points);

/// A parameter that is searched: its property and the values tried, in the order of preference.
struct Dimension {
  std::string property;
  std::vector<unsigned> values;
  unsigned (*get)(const dmac::Parameters&);
  void (*set)(dmac::Parameters&, unsigned);
};

/// What is searched for these points: all but what their `cfg` names.
std::vector<Dimension> dimensions_for(const std::vector<ReferencePoint>& points);

/// Every parameter that makes the engine what it is: what is searched, what `cfg` may name, and the ones that
/// have the same value for every engine (one value each).
std::vector<Dimension> all_dimensions();

/// In words, what of the parameters the keys of `cfg` decide; empty if none is known.
std::vector<std::string> configuration_notes(const std::vector<ReferencePoint>& points);

/// How far a simulation is from what was measured: relative error of the cycles, and a little for each other
/// figure that differs.
double distance(const TransferFigures& simulated, const TransferFigures& measured);

/// Searches, coordinate by coordinate, from one start for each kind of engine. Deterministic. `progress`
/// hears the share of the work that is done, 0..1.
dmac::Parameters fit(const std::vector<ReferencePoint>& points,
                     const std::function<void(double)>& progress = {});

}  // namespace dmavp::platform
