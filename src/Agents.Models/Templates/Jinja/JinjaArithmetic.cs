namespace Agents.Models.Templates.Jinja;

/// <summary>Arithmetic with Python's meaning: <c>/</c> gives a float, <c>//</c> and <c>%</c> round towards minus infinity.</summary>
internal static class JinjaArithmetic
{
    public static JinjaValue Apply(JinjaContext context, string symbol, JinjaValue left, JinjaValue right)
    {
        try
        {
            return left is JinjaFloat || right is JinjaFloat || symbol == "/"
                ? Floats(context, symbol, JinjaOperators.ToDouble(left), JinjaOperators.ToDouble(right))
                : Integers(context, symbol, ToInteger(left), ToInteger(right));
        }
        catch (OverflowException)
        {
            throw context.Error($"'{symbol}' gives a number beyond 64 bits.");
        }
    }

    public static long ToInteger(JinjaValue value) => value switch
    {
        JinjaInteger integer => integer.Value,
        _ => value.IsTrue ? 1 : 0,
    };

    private static JinjaFloat Floats(JinjaContext context, string symbol, double left, double right)
    {
        if (right == 0 && symbol is "/" or "//" or "%")
        {
            RequireNotZero(context, right);
        }

        return new JinjaFloat(symbol switch
        {
            "+" => left + right,
            "-" => left - right,
            "*" => left * right,
            "/" => left / right,
            "//" => Math.Floor(left / right),
            "%" => left - (Math.Floor(left / right) * right),
            _ => Math.Pow(left, right),
        });
    }

    private static JinjaValue Integers(JinjaContext context, string symbol, long left, long right)
    {
        checked
        {
            switch (symbol)
            {
                case "+":
                    return new JinjaInteger(left + right);
                case "-":
                    return new JinjaInteger(left - right);
                case "*":
                    return new JinjaInteger(left * right);
                case "**":
                    return right < 0 ? new JinjaFloat(Math.Pow(left, right)) : new JinjaInteger(Power(left, right));
                default:
                    RequireNotZero(context, right);
                    long quotient = left / right;
                    long rest = left - (quotient * right);
                    bool adjust = rest != 0 && rest < 0 != right < 0;
                    return new JinjaInteger(symbol == "%" ? adjust ? rest + right : rest : adjust ? quotient - 1 : quotient);
            }
        }
    }

    private static long Power(long number, long exponent)
    {
        long result = 1;
        while (exponent > 0)
        {
            checked
            {
                if ((exponent & 1) != 0)
                {
                    result *= number;
                }

                exponent >>= 1;
                number = exponent == 0 ? number : number * number;
            }
        }

        return result;
    }

    private static void RequireNotZero(JinjaContext context, double divisor)
    {
        if (divisor == 0)
        {
            throw context.Error("division by zero.");
        }
    }
}
