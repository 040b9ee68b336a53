namespace Agents.Models.Tokenization;

/// <summary>One rule of byte-pair encoding: two adjacent tokens become one.</summary>
/// <param name="Left">Id of the left token.</param>
/// <param name="Right">Id of the right token.</param>
/// <param name="Merged">Id of the token that replaces both.</param>
public readonly record struct TokenMerge(int Left, int Right, int Merged);
