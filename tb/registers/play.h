// Plays a program of the reference model on a rig and compares what came of it.
#pragma once

#include <string>

#include "reference/program.h"
#include "registers/rig.h"

namespace dmavp::tb {

/// Traits of the reference model for the instance on a rig.
reference::Traits traits_of(const RigOptions& options);

/// Writes the registers of one channel as software does, without enabling it.
void program_channel(Rig& rig, const reference::ChannelSetup& setup, u64 cfg);

/// Loads memory, starts, stops, waits, and compares memory and registers with the prediction. The controller
/// is soft-reset first. Empty when everything is as predicted, otherwise what is wrong and the program.
std::string play(Rig& rig, const reference::Program& program);

}  // namespace dmavp::tb
