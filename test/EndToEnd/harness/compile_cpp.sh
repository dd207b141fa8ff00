# compile_cpp.sh DIR [FLAG...]: DIR/det.cpp to DIR/det.o by the command that its head names, with further FLAGs: no warning, and nothing
# that an object of mnv3c's would not leave either. For the sake of time -O1 takes the place of its -O3, unless FLAGS say otherwise.
set -e
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"
shift
command=$(sed -n 's|^//     \(.*-c det.cpp\)$|\1|p' det.cpp)
case $command in clang++*) command="clang++-22${command#clang++}" ;; esac
$command -O1 "$@" -ffunction-sections -fdata-sections -Wall -Wextra -Werror
sh "$here/check_object.sh" det.o
