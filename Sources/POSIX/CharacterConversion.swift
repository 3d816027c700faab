import Glibc

/// A conversion between two character sets by the C library (iconv(3)).
///
/// A descriptor is for one thread at a time, so this is neither copyable nor `Sendable`.
public struct CharacterConversion: ~Copyable {
    private let descriptor: iconv_t
    private let locale: locale_t?

    /// Opens a conversion.
    ///
    /// - Parameters:
    ///   - source: what texts are in, such as `UTF-8`.
    ///   - target: what they are to be in, such as `CP932`; with `//TRANSLIT` what has no place there becomes the nearest
    ///     that has, or a question mark.
    ///   - locale: whose transliteration is meant, such as `C.UTF-8`: glibc looks it up in the locale of the thread, which
    ///     this sets for the length of a call and puts back.
    /// - Throws: `SystemError` of `iconv_open` or `newlocale`: no such character set, no such locale.
    public init(from source: String, to target: String, locale: String? = nil) throws(SystemError) {
        var opened: locale_t?
        if let locale {
            opened = newlocale(LC_CTYPE_MASK, locale, nil)
            if opened == nil { throw .last("newlocale", locale) }
        }
        guard let descriptor = iconv_open(target, source), descriptor != Self.failed else {
            let error = SystemError.last("iconv_open", "\(source) to \(target)")
            if let opened { freelocale(opened) }
            throw error
        }
        (self.descriptor, self.locale) = (descriptor, opened)
    }

    deinit {
        iconv_close(descriptor)
        if let locale { freelocale(locale) }
    }

    /// `(iconv_t) -1`.
    private static var failed: iconv_t? { iconv_t(bitPattern: -1) }

    /// Most bytes that one byte becomes: glibc's longest transliterations are of about a dozen letters for two bytes.
    private static let growth = 16

    /// The bytes of a text in the other character set; nil when something in it is illegal, cut short or without a place
    /// there.
    public func convert(_ text: some Collection<UInt8>) -> [UInt8]? {
        let before = locale.map { uselocale($0) }
        defer { if let before { uselocale(before) } }
        iconv(descriptor, nil, nil, nil, nil)
        var source = text.map { CChar(bitPattern: $0) }
        var target = [CChar](repeating: 0, count: source.count * Self.growth)
        let written: Int? = source.withUnsafeMutableBufferPointer { source in
            target.withUnsafeMutableBufferPointer { target in
                var (from, left) = (source.baseAddress, source.count)
                var (to, room) = (target.baseAddress, target.count)
                let result = iconv(descriptor, &from, &left, &to, &room)
                return result == Self.illegal ? nil : target.count - room
            }
        }
        return written.map { count in target.prefix(count).map { UInt8(bitPattern: $0) } }
    }

    /// `(size_t) -1`.
    private static let illegal = Int(bitPattern: UInt.max)
}
