#include "compiler/Transforms/Kern/ArenaPlanner.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <random>

namespace mnv3 {
namespace {

int64_t alignUp(int64_t bytes, int64_t alignment) { return (bytes + alignment - 1) / alignment * alignment; }

bool overlapInTime(const Tenant &a, const Tenant &b) {
  return a.first <= b.last && b.first <= a.last;
}

// Bytes of the arena, and of the part that the network's tenants lie in. A byte of either weighs the same: callers need the one or the other.
struct Sizes {
  int64_t arena = 0, network = 0;
  int64_t sum() const { return arena + network; }
};

// Places tenants one after another, each at the lowest offset that is free for its whole life; gives up once the sum is above `limit`.
Sizes packFirstFit(const std::vector<Tenant> &tenants, size_t network, const std::vector<size_t> &order, std::vector<int64_t> &offsets,
                   int64_t limit = INT64_MAX) {
  std::vector<size_t> placed; // by offset
  placed.reserve(order.size());
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
    sizes.arena = std::max(sizes.arena, at + tenants[tenant].bytes);
    if (tenant < network)
      sizes.network = std::max(sizes.network, at + tenants[tenant].bytes);
    if (sizes.sum() > limit)
      break;
    placed.insert(std::upper_bound(placed.begin(), placed.end(), tenant,
                                   [&](size_t a, size_t b) { return offsets[a] < offsets[b]; }),
                  tenant);
  }
  return sizes;
}

// A walk from one order of insertion to the next: so many moves of one tenant, each taken if it makes the arena no larger than `slack`
// bytes more; the slack shrinks to nothing on the way.
struct Walk {
  std::vector<size_t> order;
  int moves;
  int64_t slack;
};

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
  for (const Tenant &begin : tenants) // the sum can only rise where a tenant's life begins
    bound = std::max(bound, arenaBytesIn(begin.first, tenants, alignment));
  return bound;
}

ArenaPlan planArena(std::vector<Tenant> tenants, int64_t alignment, size_t network) {
  for (Tenant &tenant : tenants)
    tenant.bytes = alignUp(tenant.bytes, alignment);
  ArenaPlan plan;
  plan.lowerBound = arenaLowerBound(tenants, alignment);
  const int64_t bound = plan.lowerBound + arenaLowerBound(std::span(tenants).first(network), alignment);

  // Large tenants first; those of the network before all others, where its part tends to be small, and mixed, where the whole does.
  auto larger = [&](size_t a, size_t b) { return tenants[a].bytes > tenants[b].bytes; };
  std::vector<size_t> mixed(tenants.size());
  std::iota(mixed.begin(), mixed.end(), 0);
  std::vector<size_t> networkFirst = mixed;
  std::stable_sort(mixed.begin(), mixed.end(), larger);
  std::stable_sort(networkFirst.begin(), networkFirst.begin() + static_cast<std::ptrdiff_t>(network), larger);
  std::stable_sort(networkFirst.begin() + static_cast<std::ptrdiff_t>(network), networkFirst.end(), larger);

  int64_t best = INT64_MAX;
  // Most networks seen so far reach the bound by a few hundred moves downhill. What does not is worth a longer walk over hills; 1000 moves
  // take some 25 ms for 200 tenants.
  const int64_t hills = bound / 50;
  for (Walk walk : {Walk{networkFirst, 1000, 0}, Walk{mixed, 1000, 0}, Walk{networkFirst, 5000, hills}, Walk{mixed, 5000, hills}}) {
    std::vector<size_t> &order = walk.order;
    std::vector<int64_t> offsets(tenants.size());
    Sizes reached = packFirstFit(tenants, network, order, offsets);
    auto keep = [&] {
      if (reached.sum() >= best)
        return;
      best = reached.sum();
      plan.offsets = offsets;
      plan.bytes = reached.arena;
      plan.networkBytes = reached.network;
    };
    keep();
    std::mt19937 random(1);
    std::vector<int64_t> places = offsets; // of `order`
    for (int moves = 0; moves < walk.moves && best > bound; ++moves) {
      std::vector<size_t> changed = order;
      // Every other move takes a tenant that ends where the arena or the network's part ends, and lets it choose earlier.
      size_t from = random() % changed.size(), to = random() % changed.size();
      if (moves % 2) {
        auto endsLast = [&](size_t tenant) {
          const int64_t end = places[tenant] + tenants[tenant].bytes;
          return end == reached.arena || (tenant < network && end == reached.network);
        };
        while (!endsLast(changed[from]))
          from = (from + 1) % changed.size();
        to = random() % (from + 1);
      }
      size_t tenant = changed[from];
      changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(from));
      changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(to), tenant);
      const int64_t limit = reached.sum() + walk.slack * (walk.moves - moves) / walk.moves;
      const Sizes sizes = packFirstFit(tenants, network, changed, offsets, limit);
      if (sizes.sum() > limit)
        continue;
      order = changed; // equal sizes too: they lead across plateaus
      reached = sizes;
      places = offsets;
      keep();
    }
  }
  return plan;
}

} // namespace mnv3
