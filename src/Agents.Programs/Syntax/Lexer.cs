namespace Agents.Programs.Syntax;

/// <summary>Cuts a source into tokens.</summary>
internal static class Lexer
{
    private const int MaximumName = 16;
    private const int MaximumDigits = 12;
    private static readonly HashSet<string> Words = ["while", "if", "else", "return", "and", "or"];
    private static readonly string[] Symbols = ["<=", ">=", "==", "!=", "<", ">", "=", "+", "-", "*", "/", "%", "#", "(", ")", "[", "]", "{", "}", ":", ";", ","];

    /// <summary>Returns the tokens, the last one being the end; or null with the failure.</summary>
    public static List<Token>? Cut(string source, out ProgramFailure? failure)
    {
        var tokens = new List<Token>();
        int at = 0;
        while (at < source.Length)
        {
            char head = source[at];
            if (head is ' ' or '\t' or '\r' or '\n')
            {
                at++;
                continue;
            }

            int start = at;
            if (char.IsAsciiLetterLower(head))
            {
                while (at < source.Length && (char.IsAsciiLetterLower(source[at]) || char.IsAsciiDigit(source[at])))
                {
                    at++;
                }

                string name = source[start..at];
                if (name.Length > MaximumName)
                {
                    failure = ProgramFailure.Syntax($"name longer than {MaximumName}", start);
                    return null;
                }

                tokens.Add(new Token(Words.Contains(name) ? TokenKind.Word : TokenKind.Name, name, start));
            }
            else if (char.IsAsciiDigit(head))
            {
                while (at < source.Length && char.IsAsciiDigit(source[at]))
                {
                    at++;
                }

                if (at - start > MaximumDigits)
                {
                    failure = ProgramFailure.Syntax($"number longer than {MaximumDigits} digits", start);
                    return null;
                }

                tokens.Add(new Token(TokenKind.Number, source[start..at], start));
            }
            else if (Symbol(source, at) is { } symbol)
            {
                tokens.Add(new Token(TokenKind.Symbol, symbol, start));
                at += symbol.Length;
            }
            else
            {
                failure = ProgramFailure.Syntax("unknown character", at);
                return null;
            }
        }

        tokens.Add(new Token(TokenKind.End, "", source.Length));
        failure = null;
        return tokens;
    }

    private static string? Symbol(string source, int at)
    {
        foreach (string symbol in Symbols)
        {
            if (string.CompareOrdinal(source, at, symbol, 0, symbol.Length) == 0)
            {
                return symbol;
            }
        }

        return null;
    }
}
