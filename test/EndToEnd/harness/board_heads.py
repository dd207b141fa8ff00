"""Makes of what run_heads_board.c printed the two files that run_heads.c writes: board_heads.py PRINTED OUT"""
import array
import sys


def main(printed, stem):
    values, index = array.array("I"), []
    with open(printed, encoding="ascii") as lines:
        for line in lines:
            words = line.split()
            if words[0] == "head":
                index.append(f"head {len(index)} row -1 shape " + " ".join(str(int(word, 16)) for word in words[1:]))
            elif words[0] != "done":
                values.append(int(words[0], 16))
    with open(stem + ".f32", "wb") as file:
        values.tofile(file)
    with open(stem + ".txt", "w", encoding="ascii") as file:
        file.write("\n".join(index) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
