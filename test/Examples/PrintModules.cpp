// The README's table of modules, from the importer's own list.
#include "compiler/Import/Modules.h"

#include <cstdio>

int main() {
  std::puts("| module | spellings of forks that are read as it |\n|---|---|");
  for (const mnv3::import::ModuleRule &rule : mnv3::import::moduleRules()) {
    std::string aliases;
    for (const char *alias : rule.aliases)
      aliases += (aliases.empty() ? "`" : ", `") + std::string(alias) + "`";
    std::printf("| `%s` | %s |\n", rule.name, aliases.c_str());
  }
}
