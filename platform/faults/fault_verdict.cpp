#include "platform/faults/fault_verdict.h"

#include <map>
#include <set>

namespace dmavp::platform {
namespace {

std::map<std::string, std::uint64_t> seen_results(const std::vector<ClientRecord>& clients) {
  std::map<std::string, std::uint64_t> seen;
  for (const ClientRecord& client : clients) {
    for (const auto& [result, count] : client.results) seen[result] += count;
  }
  return seen;
}

}  // namespace

std::vector<FaultRecord> fault_records(const std::deque<FaultTrigger>& triggers) {
  std::vector<FaultRecord> records;
  for (const FaultTrigger& trigger : triggers) {
    const FaultSpec& fault = trigger.fault();
    records.push_back({fault.info().name, fault.target, fault.outcome, trigger.hits(), trigger.first_hit(),
                       fault.fired != FaultSpec::Fired::kYes});
  }
  return records;
}

void judge_faults(const std::deque<FaultTrigger>& triggers, const std::vector<ClientRecord>& clients,
                  bool refused, bool errors_given, std::vector<std::string>& failures) {
  const auto seen = seen_results(clients);
  std::set<std::string> stated;
  for (const FaultTrigger& trigger : triggers) {
    const FaultSpec& fault = trigger.fault();
    const bool hit = trigger.hits() != 0;
    if (fault.fired == FaultSpec::Fired::kYes && !hit)
      failures.push_back("fault " + fault.title() + " never happened (" + fault.origin + ")");
    if (fault.fired == FaultSpec::Fired::kNo && hit)
      failures.push_back("fault " + fault.title() + " happened " + std::to_string(trigger.hits()) +
                         " times, expected never (" + fault.origin + ")");
    if (fault.outcome.empty() || fault.outcome == "none") continue;
    stated.insert(fault.outcome);
    const bool met = fault.outcome == "load-failed" ? refused : seen.count(fault.outcome) != 0;
    if (hit && !met)
      failures.push_back("no client has seen " + fault.outcome + ", the outcome of " + fault.title() + " (" +
                         fault.origin + ")");
  }
  if (errors_given) return;
  for (const auto& [result, count] : seen) {
    if (stated.count(result) == 0)
      failures.push_back(std::to_string(count) + " failed transfers (" + result + "), expected 0");
  }
}

}  // namespace dmavp::platform
