### Words of the pages
