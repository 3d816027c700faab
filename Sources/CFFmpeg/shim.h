/// libavformat, libavcodec and libswresample of FFmpeg, and what Swift cannot import of them.
#include <libavformat/avformat.h>
#include <libavcodec/avcodec.h>
#include <libswresample/swresample.h>
