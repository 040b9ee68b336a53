using System.Diagnostics.CodeAnalysis;

namespace Agents.Server.Serving;

/// <summary>What the server offers. Register another implementation to serve several models. Safe for concurrent use; asked at every request.</summary>
public interface IServedModels
{
    /// <summary>Lists the ids, the plain model first.</summary>
    IReadOnlyList<string> Ids { get; }

    /// <summary>Finds a model.</summary>
    /// <param name="id">The id in the request.</param>
    /// <param name="model">The model; null when the result is false.</param>
    /// <returns>False when there is no such model.</returns>
    bool TryGet(string id, [NotNullWhen(true)] out ServedModel? model);
}
