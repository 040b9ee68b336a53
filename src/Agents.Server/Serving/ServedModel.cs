using Microsoft.Extensions.AI;

namespace Agents.Server.Serving;

/// <summary>Something a request can name as its model.</summary>
/// <param name="Id">The id in requests.</param>
/// <param name="Client">Who answers. Borrowed: never disposed by the server.</param>
/// <param name="IsStrategy">Whether a strategy answers; its calls are seeded by the server when the request brings no seed.</param>
public sealed record ServedModel(string Id, IChatClient Client, bool IsStrategy);
