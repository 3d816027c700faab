public import HTTPCore

/// What is for people: the page's problem texts and the description of the API.
public enum PublicRoutes {
    /// Adds `/`, `/openapi.yaml` and `/problems/{slug}`.
    ///
    /// - Parameters:
    ///   - page: the files of the page, with `problems/<slug>.html` among them.
    ///   - description: the folder in which `openapi.yaml` is.
    public static func add(to router: inout Router, page: any HTTPHandler, description: any HTTPHandler) {
        router.add(.get, "/") { request, _ in await page.respond(to: request) }
        router.add(.get, "/openapi.yaml") { request, _ in await description.respond(to: request) }
        router.add(.get, "/problems/{slug}") { request, path in
            let target = try? RequestTarget(parsing: "/problems/\(path["slug"]).html")
            guard let target else {
                throw Problem(.notFound, type: "not-found", detail: "There is no such kind of problem.")
            }
            return await page.respond(to: request.replacing(target: target))
        }
    }
}
