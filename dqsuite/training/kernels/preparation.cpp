// A batch of training images in one pass: gathered, cropped, flipped and scaled.

#include <cstdint>
#include <vector>

extern "C" {

// images [N][rows][columns][channels], the records of a batch, and of all records whether they are flipped and the upper
// left corner of their window -> out [batch][height][width][channels], by the offset and the scale of a row of it.
void prepare(int batch, const std::int64_t *records, const std::uint8_t *images, int rows, int columns, int channels,
             const bool *flips, const std::int64_t *corners, int height, int width, const float *offset,
             const float *scale, float *out) {
    const int row = width * channels;
    std::vector<std::uint8_t> mirrored(row);
    for (int n = 0; n < batch; n++) {
        const std::int64_t record = records[n], *corner = corners + 2 * record;
        const std::uint8_t *line = images + ((record * rows + corner[0]) * columns + corner[1]) * channels;
        for (int y = 0; y < height; y++, line += columns * channels, out += row) {
            if (flips[record])
                for (int x = 0; x < width; x++)
                    for (int c = 0; c < channels; c++)
                        mirrored[x * channels + c] = line[(width - 1 - x) * channels + c];
            const std::uint8_t *values = flips[record] ? mirrored.data() : line;
            for (int at = 0; at < row; at++) out[at] = (float(values[at]) - offset[at]) / scale[at];
        }
    }
}
}
