/// libavformat, libavcodec and libswresample of FFmpeg, and what Swift cannot import of them: macros that compute, and
/// options, whose setter is given a `void *`.
#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/crc.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>

static const int CAV_EOF = AVERROR_EOF;
static const int CAV_INVALID_DATA = AVERROR_INVALIDDATA;
static const int CAV_PATCH_WELCOME = AVERROR_PATCHWELCOME;
static const int CAV_DECODER_NOT_FOUND = AVERROR_DECODER_NOT_FOUND;
static const int CAV_AGAIN = AVERROR(EAGAIN);
static const int CAV_NO_MEMORY = AVERROR(ENOMEM);
static const int CAV_IO = AVERROR(EIO);
static const int CAV_INVALID_ARGUMENT = AVERROR(EINVAL);
static const int64_t CAV_NO_TIME = AV_NOPTS_VALUE;

/// The layout that so many channels usually have. `nb_channels` is 0 where they have none.
static inline AVChannelLayout cav_default_layout(int channels) {
    AVChannelLayout layout = {0};
    av_channel_layout_default(&layout, channels);
    if (layout.order != AV_CHANNEL_ORDER_NATIVE) layout.nb_channels = 0;
    return layout;
}

/// `av_opt_set_int` on a resampler.
static inline int cav_set_int(SwrContext *swr, const char *name, int64_t value) {
    return av_opt_set_int(swr, name, value, 0);
}

/// `av_opt_set_sample_fmt` on a resampler.
static inline int cav_set_format(SwrContext *swr, const char *name, enum AVSampleFormat format) {
    return av_opt_set_sample_fmt(swr, name, format, 0);
}
