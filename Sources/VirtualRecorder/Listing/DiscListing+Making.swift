import BinaryCoding
import DiscLayout
import Glibc
public import POSIX
import SectorCoding

extension StoredDisc {
    /// Address behind the last block that `main.bin` and `sub.bin` both hold.
    func recordedEnd() throws(SystemError) -> Int {
        func blocks(_ file: String, _ bytes: Int) throws(SystemError) -> Int {
            do throws(SystemError) {
                return try FileDescriptor(opening: "\(path)/\(file)", O_RDONLY).size() / bytes
            } catch {
                if error.number == ENOENT { return 0 }
                throw error
            }
        }
        return DiscFolder.baseLBA
            + min(try blocks("main.bin", RedBook.sectorBytes), try blocks("sub.bin", RedBook.subChannelBytes))
    }

    /// Everything that there is to say without reading a sector.
    public func listing() throws(SystemError) -> DiscListing {
        let end = try recordedEnd()
        var damage = disc.sessions.flatMap { self.damage(of: $0, recordedEnd: end) }
        var sessions: [DiscListing.Session] = []
        for session in disc.sessions {
            let texts = try texts(of: session)
            damage += texts.damage
            sessions.append(
                DiscListing.Session(
                    session, leadIn: leadInStart(of: session), texts: texts.blocks.map(DiscListing.Texts.init),
                    recordedEnd: end))
        }
        return DiscListing(
            path: path, medium: disc.medium.kind.rawValue, mediumDetails: DiscListing.Medium(disc.medium),
            leadIn: disc.medium.leadInStart.description, lastLeadOut: disc.medium.lastLeadOut.description,
            state: "\(disc.status)", sessions: sessions, damage: damage)
    }

    private func leadInStart(of session: Disc.Session) -> MSF {
        session.number == 1 ? disc.medium.leadInStart : MSF(lba: session.start - RedBook.laterLeadInSectors)
    }

    private func damage(of session: Disc.Session, recordedEnd end: Int) -> [String] {
        var damage: [String] = []
        if session.stage == .spoiled { damage.append("Session \(session.number) was broken off and cannot be ended.") }
        for track in session.tracks {
            switch track.state {
            case .cutOff: damage.append("Track \(track.number) was cut off while it was being written.")
            case .complete where session.stage != .recording:
                if track.isDamaged { damage.append("Track \(track.number) is not all that was sent.") }
                let trackEnd = track.end + track.runOut
                if trackEnd > end {
                    damage.append("Track \(track.number) ends at block \(trackEnd), the files at \(end).")
                }
            default: break
            }
        }
        return damage
    }

    /// CD-TEXT of a session, and what is wrong with it.
    func texts(of session: Disc.Session) throws(SystemError) -> (blocks: [TextBlock], damage: [String]) {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try text(of: session)
        } catch {
            guard error.number == ENOENT || error.number == EFBIG else { throw error }
            let reason = error.number == ENOENT ? "missing" : "longer than its packs"
            return ([], ["The CD-TEXT of session \(session.number) cannot be read: its file is \(reason)."])
        }
        let (blocks, damaged) = TextBlock.blocks(of: bytes)
        let place = "The CD-TEXT of session \(session.number)"
        var damage: [String] = []
        if bytes.count < session.textPacks * TextPack.byteCount { damage.append("\(place) ends before its last pack.") }
        if damaged > 0 { damage.append("\(place) has \(damaged) pack\(damaged == 1 ? "" : "s") with a wrong CRC.") }
        for block in blocks where block.isCut { damage.append("\(place) is not whole in block \(block.number).") }
        return (blocks, damage)
    }
}

extension DiscListing.Medium {
    fileprivate init(_ medium: Medium) {
        let speeds = medium.speeds
        self.init(
            name: medium.name, manufacturer: medium.manufacturer, capacity: medium.capacity,
            spareSectors: medium.spareSectors, subType: medium.isErasable ? medium.rewritability.name : nil,
            lowestSpeed: speeds.lowest, highestSpeed: speeds.highest)
    }
}

extension DiscListing.Session {
    fileprivate init(_ session: Disc.Session, leadIn: MSF, texts: [DiscListing.Texts], recordedEnd end: Int) {
        let leadOut = session.closing?.leadOut
        self.init(
            number: session.number, writeType: session.writeType.rawValue, stage: session.stage.name,
            leadIn: leadIn.description, start: session.start, leadOut: leadOut,
            leadOutMSF: leadOut.map { MSF(lba: $0).description }, following: session.closing?.following.rawValue,
            discType: session.discType, catalogNumber: session.catalogNumber,
            tracks: session.tracks.map { DiscListing.Track($0, in: session, recordedEnd: end) }, texts: texts)
    }
}

extension DiscListing.Track {
    fileprivate init(_ track: Disc.Track, in session: Disc.Session, recordedEnd end: Int) {
        let blocks = track.recordedBlocks(in: session, end: end)
        let starts = (track.pauseStart < track.start ? [track.pauseStart] : []) + track.indexes
        let first = 1 + track.indexes.count - starts.count
        self.init(
            number: track.number, state: track.state.rawValue, form: track.form.rawValue, start: track.start,
            startMSF: MSF(lba: track.start).description, blocks: blocks,
            seconds: Double(blocks) / Double(RedBook.framesPerSecond), control: track.control.rawValue,
            firstCopy: track.isFirstCopy, pause: track.start - track.pauseStart, runOut: track.runOut,
            reservation: track.reservation,
            indexes: starts.enumerated().map {
                DiscListing.Index(index: first + $0.offset, lba: $0.element, msf: MSF(lba: $0.element).description)
            }, isrc: track.isrc, damaged: track.isDamaged)
    }
}

extension Disc.Track {
    /// The length of a track that is being written is known by what there is of it.
    ///
    /// - Parameter end: address behind the last block in the files.
    func recordedBlocks(in session: Disc.Session, end: Int) -> Int {
        if state == .open, reservation == nil { return max(0, end - start) }
        return session.stage == .recording ? max(0, min(blocks, end - start)) : blocks
    }
}

extension DiscListing.Texts {
    init(_ block: TextBlock) {
        let numbers = Set(block.texts.values.flatMap(\.keys)).subtracting([0]).sorted()
        self.init(
            block: block.number, language: TextCodes.languages[block.languageCode], languageCode: block.languageCode,
            characterSet: TextCharacterSet(rawValue: block.characterSet)?.name, characterSetCode: block.characterSet,
            copyrighted: block.isCopyrighted, packs: block.packCount, disc: DiscListing.TextItems(block, track: 0),
            tracks: numbers.map {
                DiscListing.TrackTexts(number: $0, texts: DiscListing.TextItems(block, track: $0))
            })
    }
}

extension DiscListing.TextItems {
    fileprivate init(_ block: TextBlock, track: Int) {
        func text(_ item: TextBlock.Item) -> String? { block.text(item, track: track) }
        (title, performer, songwriter) = (text(.title), text(.performer), text(.songwriter))
        (composer, arranger, message) = (text(.composer), text(.arranger), text(.message))
        guard track == 0 else {
            isrc = text(.code)
            return
        }
        (discID, closed, upcEAN) = (text(.discID), text(.closed), text(.code))
        if let code = block.genreCode {
            (genre, genreCode) = (TextCodes.genre(code), code)
            genreText = block.genreText.isEmpty ? nil : TextCharacterSet.latin1.text(block.genreText)
        }
    }
}

extension TextBlock {
    /// A text in the character set that the standard says, or as hexadecimal digits when it is none; nil when there is none.
    func text(_ item: Item, track: Int) -> String? {
        guard let bytes = texts[item]?[track] else { return nil }
        let set: TextCharacterSet? =
            switch item {
            case .discID, .code, .closed: .latin1
            default: TextCharacterSet(rawValue: characterSet)
            }
        return set?.text(bytes) ?? bytes.hex(separator: " ")
    }
}

extension StoredDisc {
    /// The listing with what every sector is.
    ///
    /// - Parameter progress: told now and then how many sectors are done, of how many.
    public func checkedListing(
        progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
    ) throws(SystemError) -> DiscListing {
        var listing = try listing()
        let survey = try survey(progress: progress)
        listing.damage += survey.damage
        listing.check = survey
        return listing
    }
}
