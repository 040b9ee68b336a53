namespace Agents.Models;

/// <summary>How the vectors of all tokens of a text become one.</summary>
public enum EmbeddingPooling
{
    /// <summary>Mean over all tokens.</summary>
    Mean = 0,

    /// <summary>The vector of the last token, which alone has seen the whole text.</summary>
    LastToken = 1,
}
