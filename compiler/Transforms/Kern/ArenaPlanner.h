// Where in the arena each buffer lies. Pure arithmetic on intervals: no IR, so that it can be tested by itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mnv3 {

// A piece of arena that must not be shared from step `first` to step `last`, both included.
struct Tenant {
  int64_t bytes = 0;
  int64_t first = 0, last = 0;
  bool aliveIn(int64_t step) const { return first <= step && step <= last; }
};

struct ArenaPlan {
  std::vector<int64_t> offsets; // one a tenant, multiples of `alignment`
  int64_t bytes = 0;            // of the whole arena
  int64_t networkBytes = 0;     // of the part that the network's tenants lie in
  int64_t lowerBound = 0;       // arenaLowerBound: no plan can be smaller
};

// The sum of bytes (each rounded up to `alignment`) alive in a step, and the largest such sum.
int64_t arenaBytesIn(int64_t step, std::span<const Tenant> tenants, int64_t alignment);
int64_t arenaLowerBound(std::span<const Tenant> tenants, int64_t alignment);

// Places the tenants by searching insertion orders: each order is packed first-fit, large tenants first to begin with,
// then one tenant is moved at a time; where that alone does not reach the bound, moves that make it a little worse are allowed for
// a while (threshold accepting). Deterministic; stops at the bound.
// The first `network` tenants are those of the network alone, whose part of the arena shall be small as well: what is made small is
// the sum of both.
ArenaPlan planArena(std::vector<Tenant> tenants, int64_t alignment, size_t network);

} // namespace mnv3
