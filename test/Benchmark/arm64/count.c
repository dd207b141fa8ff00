/* A plugin of qemu-user 7 that counts executed instructions by function and mnemonic:
 *
 *     qemu-aarch64 -plugin count.so,functions=FILE,counts=OUT program
 *
 * FILE has a line "first-address address-behind name" (hexadecimal) a function. OUT gets, for each that ran, "name mnemonic count"
 * lines; loads and stores that go through the stack pointer count once more as "[sp]", all others outside of functions not at all.
 * Debian packages no qemu-plugin.h; what is used of it is declared here. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, struct qemu_plugin_tb *));
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
char *qemu_plugin_insn_disas(const struct qemu_plugin_insn *);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *, enum qemu_plugin_op, void *, uint64_t);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, void *), void *);

#define EXPORT __attribute__((visibility("default")))
EXPORT int qemu_plugin_version = 1;

enum { maxFunctions = 1024, maxMnemonics = 128, nameLength = 96 };

typedef struct {
  char name[16];
  uint64_t count;
} mnemonic;

static struct function {
  uint64_t first, end;
  char name[nameLength];
  mnemonic mnemonics[maxMnemonics];
} functions[maxFunctions];
static int functionCount;
static char countsPath[4096];

static struct function *function_at(uint64_t address) {
  for (int i = 0; i < functionCount; ++i)
    if (address >= functions[i].first && address < functions[i].end)
      return &functions[i];
  return NULL;
}

static uint64_t *counter(struct function *function, const char *name) {
  for (int i = 0; i < maxMnemonics; ++i) {
    mnemonic *entry = &function->mnemonics[i];
    if (!entry->name[0])
      snprintf(entry->name, sizeof entry->name, "%s", name);
    if (!strncmp(entry->name, name, sizeof entry->name - 1))
      return &entry->count;
  }
  fprintf(stderr, "count: more than %d mnemonics in %s\n", maxMnemonics, function->name);
  exit(1);
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *block) {
  (void)id;
  for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); ++i) {
    struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
    struct function *function = function_at(qemu_plugin_insn_vaddr(instruction));
    if (!function)
      continue;
    char *text = qemu_plugin_insn_disas(instruction), name[16] = "?";
    sscanf(text, "%15s", name);
    qemu_plugin_register_vcpu_insn_exec_inline(instruction, QEMU_PLUGIN_INLINE_ADD_U64, counter(function, name), 1);
    if (strstr(text, "[sp"))
      qemu_plugin_register_vcpu_insn_exec_inline(instruction, QEMU_PLUGIN_INLINE_ADD_U64, counter(function, "[sp]"), 1);
    free(text);
  }
}

static void finish(qemu_plugin_id_t id, void *unused) {
  (void)id, (void)unused;
  FILE *file = fopen(countsPath, "w");
  if (!file) {
    perror(countsPath);
    exit(1);
  }
  for (int i = 0; i < functionCount; ++i)
    for (const mnemonic *entry = functions[i].mnemonics; entry < functions[i].mnemonics + maxMnemonics && entry->name[0]; ++entry)
      fprintf(file, "%s %s %" PRIu64 "\n", functions[i].name, entry->name, entry->count);
  fclose(file);
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int count, char **arguments) {
  (void)info;
  for (int i = 0; i < count; ++i) {
    if (!strncmp(arguments[i], "counts=", 7))
      snprintf(countsPath, sizeof countsPath, "%s", arguments[i] + 7);
    if (strncmp(arguments[i], "functions=", 10))
      continue;
    FILE *file = fopen(arguments[i] + 10, "r");
    if (!file) {
      perror(arguments[i] + 10);
      return 1;
    }
    struct function *next = functions;
    while (functionCount < maxFunctions && fscanf(file, "%" SCNx64 " %" SCNx64 " %95s", &next->first, &next->end, next->name) == 3)
      next = &functions[++functionCount];
    fclose(file);
  }
  if (!functionCount || !countsPath[0]) {
    fprintf(stderr, "count: wants functions=FILE and counts=FILE\n");
    return 1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
  qemu_plugin_register_atexit_cb(id, finish, NULL);
  return 0;
}
