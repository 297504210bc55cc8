// What a finished run says about its channels, for the search of its bottleneck.
#pragma once

#include "platform/board/board.h"
#include "platform/report/recorder.h"
#include "platform/why/advice.h"

namespace dmavp::platform {

/// The client that has moved most and the busiest of its channels are asked about. The statistics must be up
/// to date: Board::synchronize().
why::Situation situation_of(Board& board, const Recorder& recorder);

/// The client whose throughput counts: of those that have moved bytes the one with most; null if none has.
const ClientRecord* leading_client(const Recorder& recorder);

}  // namespace dmavp::platform
