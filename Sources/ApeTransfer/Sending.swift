/// How a request went out, as libcurl tells before it sends it, once or again.
struct Sending {
    /// What waiting for the name's addresses took.
    var lookupMicros: Int64 = 0
    /// How it went out before, over connections that ended.
    var earlier = ConnectionUse()
    /// Whether libcurl has to say when it sends the request again because the server refused it.
    var tellsRefusals = false
    /// Whether the server has refused it unprocessed since it was last sent.
    var wasRefused = false
    /// Connections that libcurl had begun to open when the request was last sent.
    private(set) var begun = 0
    /// How often it went over a connection that was opened for it.
    private(set) var opened = 0
    /// How often it went over one that was open already.
    private(set) var reused = 0

    /// How often it was sent.
    var count: Int { opened + reused }

    /// Whether the server is known not to have processed it when it was last sent. What was sent over a new connection
    /// libcurl sends again only then.
    var isUnprocessed: Bool { wasRefused || lastOpened }

    /// Notes that it is about to be sent, when libcurl has begun so many connections for it.
    mutating func note(begun: Int) {
        lastOpened = begun > self.begun
        if lastOpened { opened += 1 } else { reused += 1 }
        self.begun = begun
        wasRefused = false
    }

    private var lastOpened = false

    init() {}

    init(_ hop: Hop) {
        lookupMicros = hop.lookupMicros
        earlier = hop.earlier ?? ConnectionUse()
        tellsRefusals = hop.tellsRefusals
    }
}
