// The part of a zip file that says where its members lie.
//
//   | header, name, extra, data | ... | central directory | zip64 end, locator (maybe) | end |
//     local, one a member              one entry a member
//
// It is read from the back. What the file says twice must agree, since two readers that believe different halves of an
// archive would see different weights.
#pragma once

#include "compiler/Import/Zip.h"

namespace mnv3::import {

std::vector<ZipMember> readZipDirectory(Bytes file, const std::string &fileName, Budget &budget);

} // namespace mnv3::import
