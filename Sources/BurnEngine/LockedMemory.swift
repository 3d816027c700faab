import Glibc

/// Memory that stays in RAM, so that a burn never waits for swapped-out samples.
enum LockedMemory {
    /// Locks as much of the beginning of `memory` as the limit permits, in whole pages, after raising the soft limit as far
    /// as it goes. Returns how many bytes.
    static func lock(_ memory: UnsafeMutableRawBufferPointer) -> Int {
        guard let base = memory.baseAddress else { return 0 }
        let resource = __rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue)
        var limit = rlimit()
        getrlimit(resource, &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(resource, &limit)
        if mlock(base, memory.count) == 0 { return memory.count }
        getrlimit(resource, &limit)
        let page = 4096
        let permitted = Int(clamping: limit.rlim_cur) / page * page
        let part = min(permitted, memory.count)
        return part > 0 && mlock(base, part) == 0 ? part : 0
    }
}
