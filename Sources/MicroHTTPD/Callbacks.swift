import CMicroHTTPD
import HTTPCore

/// The functions that libmicrohttpd calls, on its threads.
///
/// They are constants of the file, not closures of a function: those can inherit an actor, and Swift then traps on a thread
/// that is not the actor's.
enum Callbacks {
    static var configuration: cmhd_configuration {
        var configuration = cmhd_configuration()
        configuration.handle = handleRequest
        configuration.accept = acceptConnection
        configuration.begin = beginRequest
        configuration.complete = completeRequest
        configuration.connect = connectionChanged
        configuration.say = saidByLibrary
        return configuration
    }

    static let readStream = readEvents
    static let releaseStream = releaseEvents
    static let visitHeader = addHeader
}

/// The server that a callback is for. The library gives back what `start` passed in, which lives until `stop`.
private func core(_ context: UnsafeMutableRawPointer?) -> ServerCore? {
    context.map { Unmanaged<ServerCore>.fromOpaque($0).takeUnretainedValue() }
}

/// The number of a connection in the table, kept by the library as its socket context.
private func connectionID(_ connection: OpaquePointer) -> UInt64 {
    UInt64(UInt(bitPattern: cmhd_socket_context(connection)))
}

private let acceptConnection: @convention(c) (UnsafeMutableRawPointer?) -> Bool = { context in
    core(context)?.table.hasRoom ?? false
}

private let connectionChanged:
    @convention(c) (
        UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?, Bool
    ) -> Void = { context, connection, slot, closed in
        guard let core = core(context), let connection, let slot else { return }
        if closed {
            core.table.closed(UInt64(UInt(bitPattern: slot.pointee)))
        } else {
            slot.pointee = UnsafeMutableRawPointer(bitPattern: UInt(core.table.opened(cmhd_socket(connection))))
        }
    }

private let beginRequest:
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) -> UnsafeMutableRawPointer? = {
        context, uri, connection in
        guard let core = core(context), let connection else { return nil }
        let line = RequestLine(uri)
        let exchange = Exchange(core: core, connection: connection, id: connectionID(connection), line: line)
        core.table.began(exchange)
        // Given back in `completeRequest`, which the library calls for every request whose line it has reported.
        return Unmanaged.passRetained(exchange).toOpaque()
    }

private let handleRequest: MHD_AccessHandlerCallback = { _, connection, _, method, version, data, size, slot in
    guard let connection, let size, let request = slot?.pointee else { return .NO }
    let exchange = Unmanaged<Exchange>.fromOpaque(request).takeUnretainedValue()
    if size.pointee > 0 {
        let (result, consumed) = exchange.receive(UnsafeRawBufferPointer(start: data, count: size.pointee))
        size.pointee -= consumed
        return result
    }
    guard exchange.isNew else { return exchange.proceed(connection) }
    guard let method, let version else { return .NO }
    return exchange.begin(connection, method: String(cString: method), version: version)
}

private let completeRequest:
    @convention(c) (
        UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?, UInt32
    ) -> Void = { _, _, slot, cause in
        guard let slot, let request = slot.pointee else { return }
        slot.pointee = nil
        Unmanaged<Exchange>.fromOpaque(request).takeRetainedValue().complete()
    }

private let saidByLibrary: @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?) -> Void = {
    context, message in
    guard let core = core(context), let message else { return }
    core.log(.library(String(cString: message)))
}

private let readEvents: @convention(c) (UnsafeMutableRawPointer?, UInt64, UnsafeMutablePointer<CChar>?, Int) -> Int = {
    context, _, buffer, size in
    guard let context, let buffer else { return cmhd_end_of_stream }
    let reader = Unmanaged<EventStreamReader>.fromOpaque(context).takeUnretainedValue()
    return reader.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size)) ?? cmhd_end_of_stream
}

private let releaseEvents: @convention(c) (UnsafeMutableRawPointer?) -> Void = { context in
    guard let context else { return }
    Unmanaged<EventStreamReader>.fromOpaque(context).takeRetainedValue().stream.close()
}

private let addHeader:
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, Int, UnsafePointer<CChar>?, Int) -> Void = {
        context, name, nameLength, value, valueLength in
        guard let context else { return }
        let headers = context.assumingMemoryBound(to: HTTPHeaders.self)
        headers.pointee.add(text(name, nameLength), text(value, valueLength))
    }

private func text(_ pointer: UnsafePointer<CChar>?, _ length: Int) -> String {
    String(decoding: UnsafeRawBufferPointer(start: pointer, count: length), as: UTF8.self)
}
