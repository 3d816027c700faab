import HTTPCore

/// A place in an order, as forms and JSON bodies name it.
struct FieldPlace: Sendable, Equatable {
    /// How an order was sent, which decides how its faults name their places.
    enum Syntax: Sendable {
        /// A multipart form, whose fields have names.
        case form
        /// A JSON body, into which pointers point (RFC 6901, 6).
        case json
    }

    /// The form field.
    let field: String
    /// The pointer into the JSON body.
    let pointer: String
    /// Number of the track that it belongs to, from 1: in a form the fields of all tracks have the same names.
    let track: Int?

    private init(field: String, pointer: String, track: Int? = nil) {
        (self.field, self.pointer, self.track) = (field, pointer, track)
    }

    /// A member of the order itself.
    static func order(_ name: String) -> FieldPlace { FieldPlace(field: name, pointer: "#/" + name) }

    /// A member of `source`.
    static func source(_ name: String) -> FieldPlace { FieldPlace(field: name, pointer: "#/source/" + name) }

    /// A member of `media`.
    static func media(_ name: String) -> FieldPlace { FieldPlace(field: name, pointer: "#/media/" + name) }

    /// A member of a track, by the track's place from 0; nil for the track itself.
    static func track(_ index: Int, _ name: String? = nil) -> FieldPlace {
        let pointer = "#/source/tracks/\(index)" + (name.map { "/" + $0 } ?? "")
        return FieldPlace(field: name.map(fieldOfTrack) ?? "track", pointer: pointer, track: index + 1)
    }

    /// The form field for a member of a track. Files have names of their own; the others begin with `track_`.
    static func fieldOfTrack(_ name: String) -> String {
        switch name {
        case "file": "track"
        case "cdg", "pregap": name
        default: "track_" + name
        }
    }

    /// The fault of a problem.
    func detail(_ text: String, in syntax: Syntax) -> Problem.Detail {
        switch syntax {
        case .form: Problem.Detail(field: field, detail: track.map { "track \($0): \(text)" } ?? text)
        case .json: Problem.Detail(pointer: pointer, detail: text)
        }
    }

    /// How it is called in a sentence.
    func name(in syntax: Syntax) -> String {
        switch syntax {
        case .form: track.map { "\(field) of track \($0)" } ?? field
        case .json: pointer
        }
    }
}

extension Problem {
    /// A member of an order that has a value which it cannot have: 400 where the value has no meaning at all, 422 where it
    /// has one that no disc can have.
    static func invalid(
        _ place: FieldPlace, _ text: String, in syntax: FieldPlace.Syntax, _ status: HTTPStatus = .badRequest,
        contract: ContractError? = nil
    ) -> Problem {
        var problem = Problem(
            status, type: "invalid-field", title: "A field has a value that it cannot have",
            detail: "\(place.name(in: syntax)): \(text)", errors: [place.detail(text, in: syntax)])
        problem.add(contract)
        return problem
    }
}
