import BurnPlan
import CDText
import DiscComposition
import DiscLayout

extension FuzzTarget {
    /// An order as JSON, before any rule was asked. An input that begins with a byte below 40h is a sound order with values
    /// exchanged, one below 80h a sound sheet of texts in an order: the byte chooses it, see `JSONEdits` for what follows.
    /// Behind any other byte stands a sheet of texts.
    static let order = FuzzTarget(name: "order", test: testOrder) {
        let orders = (0..<soundOrders.count).map { [UInt8($0), 7, 0, 7, 12, 2, 200] }
        let sheets = (0..<soundSheets.count).map { [0x40 + UInt8($0), 3, 0, 7, 12, 1, 4] }
        return orders + sheets + soundSheets.map { [0x80] + $0 } + orders.map { Array($0.prefix(1)) }
    }
}

/// What is known of the files that the orders name.
private let files: [String: FileFacts] = {
    var image = ImageFacts(sectorType: .cooked, leadInSectors: 300, leadOut: 600)
    image.tracks = [.init(number: 1, control: 0, start: 0), .init(number: 2, control: 4, start: 300)]
    return [
        "a": FileFacts(bytes: 2_400_044, sampleFrames: 600_001), "b": FileFacts(bytes: 400, sampleFrames: 100),
        "p": FileFacts(bytes: 400_000, sampleFrames: 100_000), "n": FileFacts(bytes: 44, sampleFrames: 0),
        "l": FileFacts(bytes: 1 << 40, sampleFrames: 1 << 38), "d": FileFacts(bytes: 700_001, isISO: true),
        "g": FileFacts(bytes: 100_001), "s": FileFacts(bytes: 30_420 * 96),
        "i": FileFacts(bytes: 1000 * 2448, image: image),
    ]
}()

/// Every field that there is, none of them with anything that JSON escapes.
private let soundOrders: [[UInt8]] = [
    """
    {"title":"T","owner":"o","client_name":"c","task":"burn","mode":"dao","sector_type":"cooked","gap":"index0",
    "drive":"any","speed":"max","close":"disc","eject":true,"test_write":false,"verify":"full","blank":"required",
    "erase":"quick","buffer_underrun_free_disabled":true,"mcn":"4012345678901","first_track_number":1,
    "start_of_leadout_limit":300000,"cd_text":true,"performer":"P","tracks":[
    {"file":"a","name":"a","form":"audio","title":"A","performer":"B","songwriter":"C","composer":"D","arranger":"E",
    "message":"F","isrc":"DEA010012345","copy":"scms","preemphasis":true,"pregap":{"file":"p","name":"p"},
    "indexes":[75,150,0],"cdg":{"file":"g","name":"g"}},
    {"file":"b","name":"b","form":"audio","gap":"none","title":"A"},
    {"file":"a","name":"a","form":"audio","pregap_sectors":200},{"file":"n","name":"n","form":"audio"}]}
    """,
    """
    {"mode":"tao","title":"T","tracks":[{"file":"a","name":"a","form":"audio","isrc":"DEA010012345"},
    {"file":"b","name":"b","form":"audio"}],"speed":8,"close":"none","blank":"append-if-open"}
    """,
    """
    {"mode":"sao","gap":"silence","tracks":[{"file":"d","name":"d","form":"mode1"},{"file":"a","name":"a","form":"audio"},
    {"file":"d","name":"d","form":"mode1"}],"speed":{"sectors_per_second":600,"pure_cav":true}}
    """,
    """
    {"mode":"raw","sector_type":"raw","tracks":[{"file":"a","name":"a","form":"audio"},{"file":"l","name":"l","form":"audio"}],
    "subcode":{"file":"s","name":"s"},"cd_text":false}
    """,
    #"{"mode":"dao","image":{"file":{"file":"i","name":"i"},"stream_lead_in_sectors":300},"sector_type":"cooked","tracks":[]}"#,
    #"{"mode":"dao","task":"erase","erase":"full","tracks":[]}"#,
].map { Array($0.utf8) }

private let soundSheets: [[UInt8]] = [
    """
    {"blocks":[{"language":"de","charset":"latin","disc":{"title":"Reise","performer":"P"},"disc_id":"X",
    "genre":{"code":19,"text":"Slow"},"closed_information":"c","copyrighted":true,
    "tracks":[{"title":"A","performer":"B","songwriter":"C","composer":"D","arranger":"E","message":"F"},{"title":"A"}]},
    {"language":"ja","disc":{"title":"\u{51AC}"},"tracks":[{"title":"\u{65C5}"}]},{"language":105,"disc":{"title":"x"}}]}
    """
].map { Array($0.utf8) }

private let testOrder: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32 = { data, count in
    var input = Input(data, count)
    let choice = Int(input.byte())
    let text = choice < 0x40 ? JSONEdits.apply(&input, to: soundOrders[choice % soundOrders.count]) : soundOrders[0]
    guard var order = try? WireFormat.decode(BurnOrder.self, from: text) else {
        promise(choice < 0x40, "a sound order can be read")
        return 0
    }
    if choice >= 0x40 {
        let sheet =
            choice < 0x80 ? JSONEdits.apply(&input, to: soundSheets[choice % soundSheets.count]) : input.bytes(count)
        order.textSheet = String(decoding: sheet, as: UTF8.self)
    }
    _ = try? DiscComposition.compose(order, files: files, for: .image)
    guard let disc = try? DiscComposition.compose(order, files: files) else { return 0 }
    if !disc.text.isEmpty { checkPacks(disc.text) }
    for track in disc.tracks { check(track) }
    guard let choice = try? ModeChoice.choose(order, disc.demand, on: nil) else { return 0 }
    let plan = disc.plan(job: 1, burn: 1, drive: "unix:/d", order, choice)
    if plan.mode != .tao, disc.layout != nil {
        promise(plan.layout() == disc.layout, "the plan is of the disc's layout")
    }
    promise(
        (try? WireFormat.decode(BurnPlan.self, from: WireFormat.encode(plan))) == plan,
        "a plan is read as it was written")
    return 0
}

/// Pieces are as long as the sectors that they are for, and lie in their files.
private func check(_ track: BurnPlan.Track) {
    let sizes = [
        (track.content, track.sectors * track.form.userBytes, track.form == .audio),
        (track.pregapContent, track.pregap * track.form.userBytes, track.form == .audio),
        (track.symbols, track.subCode == .none ? 0 : (track.pregap + track.sectors) * RedBook.subChannelBytes, false),
    ]
    for (pieces, bytes, isDecoded) in sizes {
        promise(pieces.reduce(0) { $0 + $1.count } == bytes, "pieces of track \(track.number) make \(bytes) bytes")
        for piece in pieces {
            guard let facts = piece.file.flatMap({ files[$0] }) else { continue }
            // Sound is taken from what a file decodes to, data and graphics from the file itself, whatever it is.
            let length = isDecoded ? (facts.sampleFrames ?? 0) * RedBook.sampleBytes : facts.bytes
            let isInside = piece.offset >= 0 && piece.count > 0 && piece.offset <= length - piece.count
            promise(isInside, "a piece lies in its file: \(piece)")
        }
    }
}
