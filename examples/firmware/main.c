/* Detects on one embedded picture and prints the boxes, then what it took: on any board that board.h describes. */
#include "board.h"
#include "det.h"

static _Alignas(DET_ARENA_ALIGN) uint8_t arena[DET_ARENA_BYTES];
static mnv3_box boxes[20];

static void print(const char *text) {
  while (*text)
    board_put(*text++);
}

static void print_number(uint32_t number) {
  char digits[11];
  int32_t at = 10;
  digits[at] = 0;
  do
    digits[--at] = (char)('0' + number % 10);
  while (number /= 10);
  print(digits + at);
}

/* Two decimals; what is printed here is not negative. */
static void print_float(float value) {
  const uint32_t hundredths = (uint32_t)(value * 100.0f + 0.5f);
  print_number(hundredths / 100);
  board_put('.');
  board_put((char)('0' + hundredths / 10 % 10));
  board_put((char)('0' + hundredths % 10));
}

/* The next number in a PPM's header. */
static int32_t read_number(const uint8_t **at) {
  int32_t number = 0;
  while (**at < '0' || **at > '9')
    ++*at;
  while (**at >= '0' && **at <= '9')
    number = 10 * number + *(*at)++ - '0';
  return number;
}

/* "P6 width height 255", one blank, then the pixels. */
static mnv3_image read_ppm(const uint8_t *at) {
  mnv3_image image = {{0}, {0}, 0, 0, MNV3_RGB8};
  at += 2;
  image.width = read_number(&at);
  image.height = read_number(&at);
  read_number(&at);
  image.pixels[0] = at + 1;
  image.row_bytes[0] = 3 * image.width;
  return image;
}

int main(void) {
  const mnv3_image frame = read_ppm(board_picture);
  int32_t count = 0;
  const mnv3_status status = det_detect(&frame, NULL, boxes, 20, &count, arena, NULL);
  if (status != MNV3_OK) {
    print("det_detect returned ");
    print_number((uint32_t)status);
    print("\nfault\n");
    return 1;
  }
  for (int32_t i = 0; i < count; ++i) {
    print(det_class_names[boxes[i].class_id]);
    const float numbers[] = {boxes[i].score, boxes[i].x1, boxes[i].y1, boxes[i].x2, boxes[i].y2};
    for (int32_t k = 0; k < 5; ++k) {
      board_put(' ');
      print_float(numbers[k]);
    }
    board_put('\n');
  }
  board_show(&frame, boxes, count);

  const board_memory memory = board_measure();
  const struct {
    const char *name;
    uint32_t bytes;
  } facts[] = {{"arena", DET_ARENA_BYTES},
               {"stack", memory.stack},
               {"ram", memory.ram},
               {"code", memory.code},
               {"weights", memory.weights}};
  for (int32_t i = 0; i < 5; ++i) {
    print(facts[i].name);
    board_put(' ');
    print_number(facts[i].bytes);
    board_put(i < 4 ? ',' : '\n');
    if (i < 4)
      board_put(' ');
  }
  print("done\n");
  return 0;
}
