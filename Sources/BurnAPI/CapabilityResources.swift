import Drives

/// What a drive can do, as members of the drive.
struct CapabilityResources: Sendable {
    struct Supports: Encodable, Sendable {
        let tao: OrNull<Bool>
        let sao: OrNull<Bool>
        let raw: OrNull<Bool>
        let erase: OrNull<Bool>
        let testWrite: OrNull<Bool>
        let cdText: OrNull<Bool>
        let rwSubCode: OrNull<Bool>
        let underrunProtection: OrNull<Bool>

        init(_ supports: DriveCapabilities.Supports) {
            (tao, sao, raw) = (OrNull(supports.tao), OrNull(supports.sao), OrNull(supports.raw))
            (erase, testWrite) = (OrNull(supports.erase), OrNull(supports.testWrite))
            (cdText, rwSubCode) = (OrNull(supports.cdText), OrNull(supports.rwSubCode))
            underrunProtection = OrNull(supports.underrunProtection)
        }

        enum CodingKeys: String, CodingKey {
            case tao, sao, raw, erase
            case testWrite = "test_write"
            case cdText = "cd_text"
            case rwSubCode = "rw_sub_code"
            case underrunProtection = "underrun_protection"
        }
    }

    struct Feature: Encodable, Sendable {
        let code: Int
        let name: OrNull<String>
        let version: Int
        let persistent: Bool
        let current: Bool

        init(_ feature: DriveCapabilities.Feature) {
            (code, name, version) = (feature.code, OrNull(feature.name), feature.version)
            (persistent, current) = (feature.isPersistent, feature.isCurrent)
        }
    }

    struct Profile: Encodable, Sendable {
        let code: Int
        let name: OrNull<String>
        let current: Bool

        init(_ profile: DriveCapabilities.Profile) {
            (code, name, current) = (profile.code, OrNull(profile.name), profile.isCurrent)
        }
    }

    struct Page: Encodable, Sendable {
        let code: Int
        let name: OrNull<String>

        init(_ page: DriveCapabilities.Page) { (code, name) = (page.code, OrNull(page.name)) }
    }

    /// Kinds of disc for each way of writing, in lower case.
    static func media(_ capabilities: DriveCapabilities) -> ModesResource<[String]> {
        func kinds(_ supported: Bool?) -> [String]? { capabilities.media(where: supported)?.map { $0.lowercased() } }
        let supports = capabilities.supports
        return ModesResource(tao: kinds(supports.tao), sao: kinds(supports.sao), raw: kinds(supports.raw))
    }
}
