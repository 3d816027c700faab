import Testing

@testable import Systemd

/// The lines of the protocol.
@Suite struct ServiceNotificationTests {
    @Test func `messages are lines`() {
        let text = ServiceNotification.text([.ready, .status("idle"), .alive, .extendTimeout(.seconds(60)), .stopping])
        #expect(text == "READY=1\nSTATUS=idle\nWATCHDOG=1\nEXTEND_TIMEOUT_USEC=60000000\nSTOPPING=1")
    }

    @Test func `a label cannot begin a message of its own`() {
        #expect(
            ServiceNotification.text([.status("burning on a\nMAINPID=1\u{7F}")]) == "STATUS=burning on a MAINPID=1 ")
    }
}
