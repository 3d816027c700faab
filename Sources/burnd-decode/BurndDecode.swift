/// The decoder's cage: audio on descriptor 0, PCM on descriptor 1.
@main
enum BurndDecode {
    static func main() {}
}
