#include "compiler/Transforms/Kern/ArenaPlanner.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <random>
#include <tuple>
#include <utility>

namespace mnv3 {
namespace {

int64_t alignUp(int64_t bytes, int64_t alignment) { return (bytes + alignment - 1) / alignment * alignment; }

bool overlapInTime(const Tenant &a, const Tenant &b) {
  return (a.first <= b.last && b.first <= a.last) || (a.again >= 0 && b.aliveIn(a.again)) || (b.again >= 0 && a.aliveIn(b.again));
}

// Bytes of the arena, and of the part that the network's tenants lie in: in this order of weight.
using Sizes = std::pair<int64_t, int64_t>;

// Places tenants one after another, each at the lowest offset that is free for its whole life.
Sizes packFirstFit(const std::vector<Tenant> &tenants, size_t network, const std::vector<size_t> &order, std::vector<int64_t> &offsets) {
  std::vector<size_t> placed; // by offset
  Sizes sizes;
  for (size_t tenant : order) {
    int64_t at = 0;
    for (size_t other : placed) {
      if (!overlapInTime(tenants[tenant], tenants[other]))
        continue;
      if (at + tenants[tenant].bytes <= offsets[other])
        break;
      at = std::max(at, offsets[other] + tenants[other].bytes);
    }
    offsets[tenant] = at;
    sizes.first = std::max(sizes.first, at + tenants[tenant].bytes);
    if (tenant < network)
      sizes.second = std::max(sizes.second, at + tenants[tenant].bytes);
    placed.insert(std::upper_bound(placed.begin(), placed.end(), tenant,
                                   [&](size_t a, size_t b) { return offsets[a] < offsets[b]; }),
                  tenant);
  }
  return sizes;
}

} // namespace

int64_t arenaBytesIn(int64_t step, std::span<const Tenant> tenants, int64_t alignment) {
  int64_t bytes = 0;
  for (const Tenant &tenant : tenants)
    if (tenant.aliveIn(step))
      bytes += alignUp(tenant.bytes, alignment);
  return bytes;
}

int64_t arenaLowerBound(std::span<const Tenant> tenants, int64_t alignment) {
  int64_t bound = 0;
  auto consider = [&](int64_t step) { bound = std::max(bound, arenaBytesIn(step, tenants, alignment)); };
  for (const Tenant &begin : tenants) { // the sum can only rise where a tenant's life begins
    consider(begin.first);
    if (begin.again >= 0)
      consider(begin.again);
  }
  return bound;
}

ArenaPlan planArena(std::vector<Tenant> tenants, int64_t alignment, size_t network) {
  for (Tenant &tenant : tenants)
    tenant.bytes = alignUp(tenant.bytes, alignment);
  ArenaPlan plan;
  plan.lowerBound = arenaLowerBound(tenants, alignment);
  const Sizes bounds = {plan.lowerBound, arenaLowerBound(std::span(tenants).first(network), alignment)};

  std::vector<size_t> order(tenants.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return tenants[a].bytes > tenants[b].bytes; });
  plan.offsets.resize(tenants.size());
  Sizes best = packFirstFit(tenants, network, order, plan.offsets);

  // 2000 moves take some 50 ms for 200 tenants, and the networks seen so far reach the bound within a few hundred.
  std::mt19937 random(1);
  std::vector<int64_t> offsets(tenants.size());
  for (int moves = 0; moves < 2000 && best != bounds; ++moves) {
    std::vector<size_t> changed = order;
    size_t from = random() % changed.size(), to = random() % changed.size();
    size_t tenant = changed[from];
    changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(from));
    changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(to), tenant);
    Sizes sizes = packFirstFit(tenants, network, changed, offsets);
    if (sizes > best)
      continue;
    order = changed; // equal sizes too: they lead across plateaus
    best = sizes;
    plan.offsets = offsets;
  }
  std::tie(plan.bytes, plan.networkBytes) = best;
  return plan;
}

} // namespace mnv3
