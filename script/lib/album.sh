# shellcheck shell=bash
# The album of the demo, made by sox. To be sourced, after messages.sh.

# The form of audio on a disc, as sox is told it.
readonly cdda_form=(-t raw -r 44100 -b 16 -e signed-integer -L -c 2)

# melody SAMPLES NOTE…: plucked notes of SAMPLES samples each, one after the other, as raw CD audio on standard output.
# The right channel plays an octave below the left, so that swapped channels can be told apart.
melody() {
    local samples=$1 note
    shift
    for note in "$@"; do
        # -R: the same samples at every run. -D: no dither. Two plucked strings, one a channel.
        sox -R -D -r 44100 -n "${cdda_form[@]}" - synth "${samples}s" pluck "$note" pluck "${note%?}$((${note: -1} - 1))" gain -6
    done
}

# make_album FOLDER: three tracks that the ear can tell apart.
make_album() {
    local folder=$1
    mkdir -p "$folder"
    # 01 rises over two octaves in ten seconds, and ends inside a sector (a sector is 588 samples).
    melody 29401 C4 D4 E4 F4 G4 A4 B4 C5 D5 E5 F5 G5 A5 B5 C6 | sox "${cdda_form[@]}" - "$folder/01.wav"
    # 02 is a falling call of three seconds: the standard wants four seconds a track, so burnd has to fill it up.
    melody 33075 G5 E5 C5 G4 | sox "${cdda_form[@]}" - "$folder/02.flac"
    # 03 is a slow chord broken into its notes, eight seconds.
    melody 88200 A3 E4 A4 C5 | sox "${cdda_form[@]}" - -C 192 "$folder/03.mp3"
}
