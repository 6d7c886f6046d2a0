Console.WriteLine("AiStack");
